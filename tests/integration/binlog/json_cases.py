"""JSON documents as SQL expressions: the torture list and random ones."""

from __future__ import annotations

import json
import random
from typing import Any

SPECIAL = [
    "'null'", "'true'", "'[]'", "'{}'", "'\"\"'", "'0'", "'-1'", "'32767'", "'-32769'", "'65536'", "'2147483648'",
    "'9007199254740993'", "'9223372036854775808'", "'18446744073709551615'", "'-9223372036854775808'",
    "'18446744073709551616'", "'1e308'", "'-0.0'", "'0.1'", "'1.0'", "'100.0'", "'1e15'", "'1e14'", "'1e100'",
    "'1.5e-7'", "'1e-15'", "'1e-16'", "'123456789012345.6'", "'1234567890123456.5'", "'0.30000000000000004'",
    "'{\"b\": 1, \"a\": 2, \"aa\": 3, \"b\": 4}'",
    "JSON_ARRAY(CAST(1.50 AS DECIMAL(10,2)), CAST(-0.05 AS DECIMAL(5,2)), CAST(0 AS DECIMAL(5,2)))",
    "JSON_ARRAY(CAST(123456789012345678901234567890.12 AS DECIMAL(40,2)))",
    "JSON_ARRAY(DATE'2024-02-29', TIME'-12:34:56.7', TIME'838:59:59', TIMESTAMP'2024-01-02 03:04:05.678')",
    "JSON_ARRAY(CAST('0000-00-00' AS DATE), CAST('2024-00-00' AS DATETIME), TIME'-00:00:00.000001')",
    "JSON_OBJECT('bits', b'101', 'bytes', X'00FF10', 'year', CAST(2024 AS YEAR))",
    "JSON_ARRAY(REPEAT(X'00FF41', 200), REPEAT(X'01', 57), REPEAT(X'01', 58))",
    "JSON_ARRAY(CAST(X'' AS BINARY))",
    "JSON_ARRAY(ST_GeomFromText('POINT(1 2)'))",
    "CAST(CAST(1.25 AS DECIMAL(3,2)) AS JSON)", "CAST(NOW(6) AS JSON)", "CAST(CURDATE() AS JSON)",
    "CAST(CAST(1.1 AS FLOAT) AS JSON)", "JSON_ARRAY(CAST(16777217 AS FLOAT), CAST(1e0 AS DOUBLE))",
    "JSON_QUOTE(CONCAT('\\\\ \" / ', CHAR(0,1,8,9,10,12,13,31,127 USING utf8mb4), 'é日😀'))",
    "JSON_OBJECT(CONCAT('k\"', CHAR(1 USING utf8mb4), '\\\\é😀'), 'v')",
    "CONCAT(REPEAT('[', 99), '1', REPEAT(']', 99))", "CONCAT(REPEAT('{\"a\":', 99), '1', REPEAT('}', 99))",
    "JSON_QUOTE(REPEAT('x', 127))", "JSON_QUOTE(REPEAT('x', 128))", "JSON_QUOTE(REPEAT('é', 9000))",
    "CONCAT('[', REPEAT('70000,', 20000), '1]')", "CONCAT('[', REPEAT('\"abc\",', 20000), 'null]')",
    "CONCAT('{\"x\":\"', REPEAT('y', 70000), '\",\"n\":70000,\"u\":3000000000,\"s\":-7,\"o\":{\"a\":[1,2]}}')",
    "CONCAT('[', REPEAT('{\"a\": 1.5, \"b\": null},', 5000), '1]')",
]  # fmt: skip


def random_documents(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [_hex(_value(chance, chance.randint(0, 5))) for _ in range(count)]


def _hex(value: Any) -> str:
    return f"CONVERT(X'{json.dumps(value, ensure_ascii=chance_of(value)).encode().hex()}' USING utf8mb4)"


def chance_of(value: Any) -> bool:
    """Half of the documents have their strings escaped."""
    return len(str(value)) % 2 == 0


def _value(chance: random.Random, depth: int) -> Any:
    kind = chance.randint(0, 8 if depth else 6)
    if kind == 0:
        return chance.choice([None, True, False])
    if kind == 1:
        return chance.randint(-(1 << chance.randint(1, 63)), 1 << chance.randint(1, 63))
    if kind == 2:
        return chance.uniform(-1, 1) * 10.0 ** chance.randint(-300, 300)
    if kind == 3:
        return float(f"{chance.randint(-99999, 99999)}e{chance.randint(-25, 25)}")
    if kind <= 6:
        return _string(chance, chance.choice([0, 3, 20, 200]))
    if kind == 7:
        return [_value(chance, depth - 1) for _ in range(chance.randint(0, 6))]
    return {_string(chance, 8): _value(chance, depth - 1) for _ in range(chance.randint(0, 6))}


def _string(chance: random.Random, longest: int) -> str:
    letters = 'abc "\\/\b\f\n\r\t\x00\x01\x1f\x7fé日😀\u2028'
    return "".join(chance.choices(letters, k=chance.randint(0, longest)))

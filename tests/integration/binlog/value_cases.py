"""Column types and values to write into them, as SQL expressions; NULL is added to each."""

from __future__ import annotations

import random
import struct


def integer_values(bits: int, *, unsigned: bool) -> list[str]:
    low, high = (0, (1 << bits) - 1) if unsigned else (-(1 << bits - 1), (1 << bits - 1) - 1)
    chance = random.Random(bits)
    some = [chance.randint(low, high) for _ in range(20)]
    return [str(one) for one in {low, high, 0, 1, high - 1, low + 1, 127, 2, *some}]


def decimal_values(precision: int, scale: int) -> list[str]:
    chance = random.Random(precision * 100 + scale)
    found = ["0", "-0", "0." + "0" * max(0, scale - 1) + "1" if scale else "1"]
    for sign in ("", "-"):
        found.append(sign + ("9" * (precision - scale) or "0") + ("." + "9" * scale if scale else ""))
        for _ in range(15):
            whole = str(chance.randrange(10 ** chance.randint(0, precision - scale))) if precision > scale else "0"
            found.append(sign + whole + "." + "".join(chance.choices("0123456789", k=scale)))
    return found


def float_values() -> list[str]:
    chance = random.Random(3)
    known = [
        16777217,
        1.1,
        0.30000001192092896,
        3.4028235e38,
        -3.4028235e38,
        1.17549435e-38,
        1e-45,
        0.0,
        1e15,
        1e14,
        1e-15,
    ]
    some = [struct.unpack("<f", chance.randbytes(4))[0] for _ in range(300)]
    return [repr(one) + "E0" * ("e" not in repr(one)) for one in known + some if abs(one) < 3.4e38] + ["-0E0"]


def double_values() -> list[str]:
    chance = random.Random(4)
    known = [0.1, 0.1 + 0.2, 1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, 1e15, 1e14,
             999999999999999.9, 123456789012345680.0, 1e-4, 1e-5, 1.5e-5, 1e-15, 1e-16, 9.999e-16, 1e22, 1e23,
             123456.0, 1e16]  # fmt: skip
    some = [struct.unpack("<d", chance.randbytes(8))[0] for _ in range(500)]
    some += [chance.uniform(-1, 1) * 10 ** chance.randint(-18, 20) for _ in range(500)]
    some += [float(f"{chance.randint(1, 99999)}e{chance.randint(-20, 20)}") for _ in range(300)]
    return [
        repr(one) + "E0" * ("e" not in repr(one)) for one in known + some if one == one and abs(one) < 1.7e308
    ] + ["-0E0"]


def times(digits: int) -> list[str]:
    chance = random.Random(digits)
    found = ["'00:00:00'", "'-838:59:59'", "'838:59:59'", "'-00:00:01'", "'-00:00:00.000001'", "'-00:00:00.1'",
             "'-00:00:00.999999'", "'-01:00:00.5'", "'00:00:00.000001'"]  # fmt: skip
    for _ in range(60):
        sign, hour = chance.choice(["", "-"]), chance.randint(0, 837)
        found.append(
            f"'{sign}{hour}:{chance.randint(0, 59)}:{chance.randint(0, 59)}.{chance.randint(0, 999999):06d}'"
        )
    return found


def datetimes(digits: int) -> list[str]:
    chance = random.Random(digits)
    found = ["'0000-00-00 00:00:00'", "'1000-01-01 00:00:00'", "'2020-02-00 00:00:00'", "'2020-00-00 12:00:00'",
             "'0000-00-00 12:00:00'", "'0000-01-01 00:00:00'", "'9999-12-31 23:59:59'"]  # fmt: skip
    if digits == 6:
        found.append("'9999-12-31 23:59:59.999999'")
    for _ in range(40):
        day = f"{chance.randint(0, 9998):04d}-{chance.randint(1, 12)}-{chance.randint(1, 28)}"
        hour, minute, second = chance.randint(0, 23), chance.randint(0, 59), chance.randint(0, 59)
        found.append(f"'{day} {hour}:{minute}:{second}.{chance.randint(0, 999999):06d}'")
    return found


def timestamps(digits: int) -> list[str]:
    chance = random.Random(digits)
    found = [
        "'1970-01-01 00:00:01'",
        "'2038-01-19 03:14:07'",
        "'0000-00-00 00:00:00'",
        "'2024-10-27 00:30:00'",
        "'2024-02-29 23:59:59'",
    ]
    found += [f"FROM_UNIXTIME({chance.randint(1, 2**31 - 2)}.{chance.randint(0, 999999):06d})" for _ in range(60)]
    return found


def texts(length: int) -> list[str]:
    awkward = ["", " ", "a ", " a  ", "\\", "'", '"', "\t", "\r\n", "\0", "\x1a", "\\N", "NULL", "a\0", "\0\0"]
    return [f"X'{one[:length].encode().hex()}'" for one in awkward]


def unicode_texts() -> list[str]:
    samples = ["é", "ß", "日本語", "😀", "👨‍👩‍👧", "𠮷", "￾", "a\0b", "Ж", "ﾃ"]
    return [f"_utf8mb4 X'{one.encode().hex()}'" for one in samples]


def binaries(length: int) -> list[str]:
    chance = random.Random(length)
    found = ["X''", "X'00'", "X'20'", "X'0020'", "X'2000'", "X'6100'", "X'FF'"]
    found += [f"X'{chance.randbytes(length).hex()}'", f"X'{(chance.randbytes(length - 1) + bytes(1)).hex()}'"]
    return [*found, f"X'{(chance.randbytes(length - 1) + b' ').hex()}'", f"X'{bytes(length).hex()}'"]


_MEMBERS = ",".join(f"'m{index}'" for index in range(64))
_GEOMETRIES = [
    "ST_GeomFromText('POINT(1 2)')",
    "ST_GeomFromText('POINT(-1.5 2e-7)', 4326)",
    "ST_GeomFromText('POINT(500000 4649776)', 3857)",
    "ST_GeomFromText('LINESTRING(0 0,1 1,2 2)')",
    "ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 10,0 0),(2 2,4 2,4 4,2 4,2 2))')",
    "ST_GeomFromText('MULTIPOINT(0 0,1 1)')",
    "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),GEOMETRYCOLLECTION(POINT(2 2),LINESTRING(0 0,1 1)))')",
    "ST_GeomFromText('GEOMETRYCOLLECTION EMPTY')",
]

_CASES: dict[str, tuple[str, list[str]]] = {
    **{
        f"{name}_{sign or 'signed'}": (f"{name} {sign}", integer_values(bits, unsigned=bool(sign)))
        for name, bits in (("tinyint", 8), ("smallint", 16), ("mediumint", 24), ("int", 32), ("bigint", 64))
        for sign in ("", "unsigned")
    },
    "bool": ("bool", ["2", "-1", "127", "0", "1"]),
    "zerofill": ("int(7) unsigned zerofill", ["0", "42", "4294967295", "1234567"]),
    "tiny_zerofill": ("tinyint(4) unsigned zerofill", ["0", "42", "255"]),
    "decimal_zerofill": ("decimal(7,2) unsigned zerofill", ["0", "4.2", "99999.99"]),
    **{
        f"decimal_{p}_{s}": (f"decimal({p},{s})", decimal_values(p, s))
        for p, s in (
            (65, 30),
            (10, 2),
            (1, 0),
            (9, 9),
            (30, 30),
            (18, 9),
            (20, 1),
            (38, 19),
            (5, 5),
            (65, 0),
            (14, 4),
        )
    },
    "float": ("float", float_values()),
    "float_digits": ("float(7,4)", ["1.1", "999.9999", "-0.0001", "3.14159", "0"]),
    "float_unsigned": ("float unsigned", ["1.1", "0", "3.4e38"]),
    "double": ("double", double_values()),
    "double_digits": ("double(12,3)", ["1.1", "123456789.123", "-0.001", "0", "1e-3", "100"]),
    **{
        f"bit_{n}": (f"bit({n})", ["0", "1", str((1 << n) - 1), str((1 << n) // 3)])
        for n in (1, 7, 8, 9, 15, 16, 63, 64)
    },
    "year": ("year", ["0", "1901", "2155", "1970", "2024"]),
    "date": (
        "date",
        [
            "'0000-00-00'",
            "'2020-00-00'",
            "'2020-02-00'",
            "'0000-01-01'",
            "'9999-12-31'",
            "'1000-01-01'",
            "'2024-02-29'",
        ],
    ),
    **{f"time_{n}": (f"time({n})", times(n)) for n in range(7)},
    **{f"datetime_{n}": (f"datetime({n})", datetimes(n)) for n in range(7)},
    **{f"timestamp_{n}": (f"timestamp({n})", timestamps(n)) for n in range(7)},
    "char": ("char(10) character set utf8mb4", texts(10) + unicode_texts()),
    "char_long": (
        "char(255) character set utf8mb4",
        [*texts(20), *unicode_texts(), "REPEAT('😀', 255)", "REPEAT('é', 200)"],
    ),
    "char_latin1": ("char(255) character set latin1", [*texts(10), "REPEAT('x', 255)", "X'E9FF80'"]),
    "char_utf32": ("char(20) character set utf32", ["'a'", "'a '", "'日本'", "''", "'😀 '"]),
    "char_ucs2": ("char(20) character set ucs2", ["'a'", "'a '", "'日本'", "''"]),
    "char_zero": ("char(0)", ["''"]),
    "char_binary": ("char(8) character set binary", ["'a'", "'a '", "X'6100'"]),
    "varchar": ("varchar(50) character set utf8mb4", texts(50) + unicode_texts()),
    "varchar_long": (
        "varchar(2000) character set utf8mb4",
        [*texts(50), *unicode_texts(), "REPEAT('日', 2000)", "REPEAT('a', 256)"],
    ),
    "varchar_255": ("varchar(255) character set latin1", ["REPEAT('a', 255)", "''"]),
    "varchar_256": ("varchar(256) character set latin1", ["REPEAT('a', 256)", "''"]),
    **{
        f"varchar_{one}": (f"varchar(40) character set {one}", ["'a'", "'日本'", "''", "'表\\\\x'", "'é'"])
        for one in (
            "utf8mb3",
            "sjis",
            "cp932",
            "gbk",
            "big5",
            "utf16",
            "utf16le",
            "ujis",
            "euckr",
            "gb18030",
            "koi8r",
            "cp1251",
        )
    },
    "mojibake": ("varchar(40) character set latin1", ["_latin1 X'C3A9E282AC'", "_latin1 X'818D8F909D'"]),
    "binary_16": ("binary(16)", binaries(16)),
    "binary_255": ("binary(255)", binaries(255)),
    "binary_1": ("binary(1)", ["X'00'", "X'20'", "X'FF'"]),
    "varbinary": ("varbinary(300)", binaries(300)),
    "tinytext": ("tinytext", [*texts(20), *unicode_texts(), "REPEAT('a', 255)"]),
    "text": ("text", [*texts(20), *unicode_texts(), "REPEAT('a', 65535)"]),
    "mediumtext": ("mediumtext", [*texts(20), "REPEAT('日', 50000)"]),
    "longtext": ("longtext", [*texts(20), "REPEAT('😀', 300000)"]),
    "tinyblob": ("tinyblob", binaries(255)),
    "blob": ("blob", binaries(65535)),
    "mediumblob": ("mediumblob", binaries(100000)),
    "longblob": ("longblob", [*binaries(1000), "REPEAT(X'00FF5C27', 500000)"]),
    "enum": ("enum('a','b,c','d''e','😀','0','1','')", ["1", "2", "3", "4", "5", "6", "7", "'nothing'"]),
    "enum_wide": ("enum(" + ",".join(f"'e{i}'" for i in range(300)) + ")", ["1", "255", "256", "300"]),
    "set": ("set('a','b','c')", ["''", "'a'", "'a,c'", "7"]),
    "set_64": (f"set({_MEMBERS})", ["''", "'m0'", "'m63'", "18446744073709551615", "'m0,m63'"]),
    "set_24": ("set(" + ",".join(f"'s{i}'" for i in range(20)) + ")", ["1", "1048575", "524288"]),
    "geometry": ("geometry", _GEOMETRIES),
    "point": ("point srid 4326", ["ST_GeomFromText('POINT(1 2)', 4326)"]),
    "polygon": ("polygon", [_GEOMETRIES[4]]),
    "collection": ("geometrycollection", _GEOMETRIES[6:]),
}
CASES = {f"t_{name}": case for name, case in _CASES.items()}
VECTOR = ("vector(5)", ["STRING_TO_VECTOR('[1,2,3]')", "STRING_TO_VECTOR('[1e-30,-0,3.4e37,0.1,5]')"])

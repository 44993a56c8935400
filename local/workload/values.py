"""Random values as an application writes them, and those that break careless readers."""

from __future__ import annotations

import json
from random import Random

from local.workload.transaction import Value

WIDE = (
    "id", "tiny", "medium", "price", "ratio", "exact", "flags", "day", "moment", "stamp", "span", "year", "kind",
    "marks", "fixed", "bytes", "old_text", "document", "body", "words",
)  # fmt: skip
LETTERS = ("a", "e", "i", "o", "ä", "é", "ß", "ł", "中", "😀", "B", "X", " ", "'", '"', "\\", "%", "\n", "0")


def text(rng: Random, longest: int) -> str:
    """Up to `longest` characters."""
    return "".join(rng.choices(LETTERS, k=rng.randint(0, longest)))


def word(number: int) -> str:
    """The name of a number: lower case, with letters that have accents in some of them."""
    return f"{('tree', 'élan', 'straße', 'water', 'über')[number % 5]}-{number}"


def wide_row(rng: Random, key: int) -> tuple[Value, ...]:
    """A row of `wide`, in the order of `WIDE`; about every tenth value but the key is NULL."""
    row = (
        rng.randint(0, 255),
        rng.randint(-(1 << 23), (1 << 23) - 1),
        f"{rng.randint(-(10**19), 10**19)}.{rng.randint(0, 10**10 - 1):010d}",
        rng.uniform(-1e6, 1e6),
        rng.choice((0.1, -0.0, 5e-324, 1.7976931348623157e308, rng.uniform(-1, 1))),
        rng.getrandbits(11),
        f"{rng.randint(1000, 9999)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        f"{rng.randint(1000, 9999)}-12-31 23:59:{rng.randint(0, 59):02d}.{rng.randrange(10**6):06d}",
        # not in the hour that some time zone has twice or not at all
        f"{rng.randint(1971, 2037)}-01-{rng.randint(2, 27):02d} 12:34:56.{rng.randrange(1000):03d}",
        f"{rng.choice(('', '-'))}{rng.randint(0, 837)}:{rng.randint(0, 59):02d}:07.{rng.randint(0, 99):02d}",
        rng.choice((0, rng.randint(1901, 2155))),
        rng.choice(("a", "b", "ü")),
        ",".join(mark for mark in "xyz" if rng.random() < 0.5),
        rng.randbytes(rng.choice((8, 3))),
        rng.randbytes(rng.randint(0, 300)),
        "".join(rng.choices("aé ÿ'\\", k=rng.randint(0, 80))),
        json.dumps(document(rng, 3), ensure_ascii=False),
        rng.randbytes(_length(rng)),
        text(rng, _length(rng) // 8),
    )
    return (key, *(value if rng.random() < 0.9 else None for value in row))


def document(rng: Random, depth: int) -> object:
    """A JSON document."""
    kind = rng.randrange(8 if depth else 6)
    if kind == 6:
        return {text(rng, 6): document(rng, depth - 1) for _ in range(rng.randint(0, 6))}
    if kind == 7:
        return [document(rng, depth - 1) for _ in range(rng.randint(0, 6))]
    big = rng.randint(-(1 << 63), (1 << 64) - 1)
    return (None, rng.random() < 0.5, big, rng.randint(-9, 9), rng.uniform(-1e9, 1e9), text(rng, 30))[kind]


def _length(rng: Random) -> int:
    """Mostly small; one in fifty is larger than a page, one in five hundred than a network packet."""
    return rng.choices((200, 5_000, 40_000, 300_000), (700, 280, 18, 2))[0] * rng.randint(0, 100) // 100

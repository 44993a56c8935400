"""The application's first rows."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from local.workload.size import Size
from local.workload.values import WIDE, text, wide_row, word

Rows = list[tuple[object, ...]]
SETTINGS = 200
BATCH = 500
_SQL = {
    "items": "INSERT INTO items (id, name, qty, note) VALUES (%s, %s, %s, %s)",
    "stock": "INSERT INTO stock (warehouse, sku, slot, qty) VALUES (%s, %s, %s, %s)",
    "tags": "INSERT INTO tags (name, uses, note) VALUES (%s, %s, %s)",
    "labels": "INSERT INTO labels (name, uses) VALUES (%s, %s)",
    "seats": "INSERT INTO seats (id, code, zone, place, holder) VALUES (%s, %s, %s, %s, %s)",
    "settings": "INSERT INTO settings (name, position, value) VALUES (%s, %s, %s)",
    "accounts": "INSERT INTO accounts (id, owner, cents) VALUES (%s, %s, %s)",
    "parents": "INSERT INTO parents (id, name) VALUES (%s, %s)",
    "children": "INSERT INTO children (id, parent, ordinal, name) VALUES (%s, %s, %s, %s)",
    "wide": f"INSERT INTO wide ({', '.join(WIDE)}) VALUES ({', '.join(['%s'] * len(WIDE))})",
    "events": "INSERT INTO events (thread, text, at) VALUES (%s, %s, '2026-01-01 00:00:00')",
    "priced": "INSERT INTO priced (id, code, net) VALUES (%s, %s, %s)",
    "visits": "INSERT INTO visits (who, page, at) VALUES (%s, %s, '2026-01-01 00:00:00')",
}


def fill(size: Size, seed: int, cents: int) -> Iterator[tuple[str, Rows | None]]:
    """Statements with their rows, each to be committed by itself; `None`: a statement as it stands."""
    for table, sql in _SQL.items():
        if table == "visits" and not size.keyless:
            continue
        rng = Random(f"{seed}/{table}")
        count = {"settings": SETTINGS, "accounts": size.accounts}.get(table, size.rows)
        for start in range(1, count + 1, BATCH):
            numbers = range(start, min(start + BATCH, count + 1))
            yield sql, [_row(table, number, rng, cents) for number in numbers]
    yield "SET SESSION cte_max_recursion_depth = 10000000", None
    yield (
        "INSERT INTO bulk WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n"
        f" WHERE i < {size.big_rows}) SELECT i, 0, i % 1000, SHA2(i, 256) FROM n",
        None,
    )


def _row(table: str, number: int, rng: Random, cents: int) -> tuple[object, ...]:
    name = word(number)
    rows: dict[str, tuple[object, ...]] = {
        "items": (number, name, rng.randint(0, 99), text(rng, 40)),
        "stock": (number % 7, f"sku-{number % 500}", number, rng.randint(0, 99)),
        "tags": (name, 0, text(rng, 30)),
        "labels": (name, 0),
        "seats": (number, f"seat-{number}", "ABCD"[number % 4] if number % 9 else None, number * 2, None),
        "settings": (f"setting.{number}", number, name),
        "accounts": (number, name, cents),
        "parents": (number, name),
        "children": (number, (number + 1) // 2, number % 2, name),
        "events": (-1, name),
        "priced": (number, f"Code-{number}", rng.randint(0, 10**6) / 100),
        "visits": (f"who-{number % 50}", number % 10),
    }
    return wide_row(rng, number) if table == "wide" else rows[table]

"""Families with a foreign key, wide rows, the log, large transactions, tables without a key, and all at once."""

from __future__ import annotations

from random import Random

from local.workload.size import Size
from local.workload.transaction import Step, Transaction, Value
from local.workload.values import WIDE, document, text, wide_row, word

_CHILD = "INSERT INTO children (id, parent, ordinal, name) VALUES (%s, %s, %s, %s)"
_LOG = "INSERT INTO events (thread, text, at) VALUES (%s, %s, NOW(3))"


def _step(sql: str, *values: Value, rows: int | None = None) -> Step:
    return Step(sql, values, rows)


def family(rng: Random, size: Size) -> Transaction:
    """Parents before children when they come, children before parents when they go."""
    parent, other, child = size.key(rng), size.key(rng), size.key(rng)
    come = (
        _step("INSERT INTO parents (id, name) VALUES (%s, %s)", parent, word(parent)),
        *(_step(_CHILD, child + n, parent, n, word(n)) for n in range(rng.randint(1, 3))),
    )
    go = (
        _step("DELETE FROM children WHERE parent = %s", parent),
        _step("DELETE FROM parents WHERE id = %s", parent),
    )
    adopt = (_step("UPDATE children SET parent = %s, ordinal = ordinal + 10 WHERE parent = %s", other, parent),)
    renumber = (
        _step("INSERT INTO parents SELECT %s, name FROM parents WHERE id = %s", other, parent),
        _step("UPDATE children SET parent = %s WHERE parent = %s", other, parent),
        _step("DELETE FROM parents WHERE id = %s", parent),
    )
    refused = (_step("DELETE FROM parents WHERE id = %s", size.taken(rng)),)  # where it has children
    name, steps = rng.choices(
        (
            ("family came", come),
            ("family went", go),
            ("adopted", adopt),
            ("renumbered", renumber),
            ("left", refused),
        ),
        (4, 3, 2, 2, 1),
    )[0]
    return Transaction(name, steps)


def wide(rng: Random, size: Size) -> Transaction:
    """Whole rows, single columns, and parts of a document."""
    key, row = size.key(rng), wide_row(rng, size.key(rng))
    column = rng.randrange(1, len(WIDE))
    replace = f"REPLACE INTO wide ({', '.join(WIDE)}) VALUES ({', '.join(['%s'] * len(WIDE))})"
    path = (
        "UPDATE wide SET document = JSON_SET(document, '$.a', %s) WHERE id = %s AND JSON_TYPE(document) = 'OBJECT'"
    )
    steps = rng.choices(
        (
            (Step(replace, row),),
            (_step(f"UPDATE wide SET {WIDE[column]} = %s WHERE id = %s", row[column], key),),
            (_step(path, str(document(rng, 0)), key),),
            (_step("UPDATE wide SET id = %s WHERE id = %s", size.key(rng), key),),
            (_step("DELETE FROM wide WHERE id = %s", key),),
        ),
        (4, 6, 2, 1, 1),
    )[0]
    return Transaction("wide", steps)


def log(rng: Random, _size: Size) -> Transaction:
    """Inserts alone; a rollback leaves a gap in the numbers."""
    steps = tuple(_step(_LOG, rng.randrange(8), text(rng, 100)) for _ in range(rng.randint(1, 5)))
    return Transaction("logged", steps, rollback=rng.random() < 0.1)


def order(rng: Random, size: Size) -> Transaction:
    """Many tables in one transaction."""
    key = size.taken(rng)
    steps = (
        _step("UPDATE items SET qty = qty - 1 WHERE id = %s", key),
        _step("UPDATE stock SET qty = qty - 1 WHERE sku = %s", f"sku-{key % 500}"),
        _step("UPDATE accounts SET moves = moves + 1 WHERE id = %s", size.account(rng)),
        _step("UPDATE tags SET uses = uses + 1 WHERE name = %s", word(key)),
        _step("UPDATE priced JOIN items USING (id) SET priced.net = 5, items.qty = 5 WHERE id = %s", key + 1),
        _step(_LOG, rng.randrange(8), f"order of {key}"),
    )
    return Transaction("order", steps, rollback=rng.random() < 0.1)


def bulk(rng: Random, size: Size) -> Transaction:
    """All rows of a large table, or a large part: changed, moved to other keys, or deleted and inserted again."""
    part, third = rng.randrange(1000), size.big_rows // 3
    below = rng.randint(1, size.big_rows - third)
    steps = rng.choices(
        (
            (_step("UPDATE bulk SET n = n + 1"),),
            (
                _step(
                    "UPDATE bulk SET n = n + 1, filler = SHA2(filler, 256) WHERE id BETWEEN %s AND %s",
                    below,
                    below + third,
                ),
            ),
            (_step("UPDATE bulk SET id = id + 1 WHERE id > %s ORDER BY id DESC", below),),
            (
                _step("DELETE FROM bulk WHERE id BETWEEN %s AND %s", below, below + third),
                _step(
                    "INSERT INTO bulk WITH RECURSIVE n AS (SELECT %s AS i UNION ALL SELECT i + 1 FROM n"
                    " WHERE i < %s) SELECT i, 0, i %% 1000, SHA2(i, 256) FROM n",
                    below,
                    below + third,
                ),
            ),
            (_step("UPDATE bulk SET m = m + 1 WHERE m = %s", part),),
        ),
        (3, 3, 1, 2, 8),
    )[0]
    return Transaction("bulk", steps, rollback=rng.random() < 0.1)


def visits(rng: Random, _size: Size) -> Transaction:
    """A table without a key: equal rows, and statements that take some of them."""
    who, page = rng.choice((None, f"who-{rng.randrange(50)}")), rng.randrange(10)
    step = rng.choice(
        (
            _step(
                "INSERT INTO visits (who, page, at) VALUES (%s, %s, NOW()), (%s, %s, NULL)", who, page, who, page
            ),
            _step("UPDATE visits SET page = page + 1 WHERE who = %s AND page = %s LIMIT 2", who, page),
            _step("DELETE FROM visits WHERE who <=> %s LIMIT 2", who),
        )
    )
    return Transaction("visits", (step,))

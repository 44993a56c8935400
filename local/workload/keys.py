"""Transactions over plain, composite and collated primary keys: rows come, change keys, go and come back."""

from __future__ import annotations

from random import Random

from local.workload.size import Size
from local.workload.transaction import Step, Transaction, Value
from local.workload.values import text, word


def _step(sql: str, *values: Value, rows: int | None = None) -> Step:
    return Step(sql, values, rows)


def insert_items(rng: Random, size: Size) -> Transaction:
    """One row or several, some of whose keys may be taken."""
    count = rng.choice((1, 1, 1, 3, 20))
    rows = [(size.key(rng), word(rng.randint(0, 999)), rng.randint(0, 99), text(rng, 40)) for _ in range(count)]
    verb = "INSERT INTO" if count == 1 else "INSERT IGNORE INTO"
    sql = f"{verb} items (id, name, qty, note) VALUES {', '.join(['(%s, %s, %s, %s)'] * count)}"
    return Transaction("items inserted", (Step(sql, tuple(value for row in rows for value in row)),))


def change_items(rng: Random, size: Size) -> Transaction:
    key = size.key(rng)
    steps = tuple(
        _step(
            "UPDATE items SET qty = qty + 1, note = %s WHERE id BETWEEN %s AND %s", text(rng, 30), key, key + span
        )
        for span in rng.choice(((0,), (0, 0, 0), (30,)))
    )
    return Transaction("items changed", steps)


def upsert_item(rng: Random, size: Size) -> Transaction:
    into = "INTO items (id, name, qty) VALUES (%s, %s, %s)"
    sql = rng.choice((f"REPLACE {into}", f"INSERT {into} ON DUPLICATE KEY UPDATE qty = qty + 10"))
    return Transaction("item upserted", (_step(sql, size.key(rng), word(rng.randint(0, 999)), 1),))


def delete_items(rng: Random, size: Size) -> Transaction:
    key = size.key(rng)
    steps = (_step("DELETE FROM items WHERE id BETWEEN %s AND %s", key, key + rng.choice((0, 2, 8))),)
    return Transaction("items deleted", steps, rollback=rng.random() < 0.2)


def move_item(rng: Random, size: Size) -> Transaction:
    """A key change, there and perhaps back, or on to a third key."""
    first, second, third = (size.key(rng) for _ in range(3))
    change = "UPDATE items SET id = %s, qty = qty + 1 WHERE id = %s"
    chain = rng.choice(
        (
            ((first, second),),
            ((first, second), (second, first)),
            ((first, second), (second, third), (third, -first)),
        )
    )
    steps = [_step(change, new, old) for old, new in chain]
    return Transaction("item moved", (*steps, _step("UPDATE items SET id = -id WHERE id < 0")))


def reuse_item_key(rng: Random, size: Size) -> Transaction:
    """Deleted and inserted again, once or more, in one transaction."""
    key = size.key(rng)
    steps: list[Step] = []
    for turn in range(rng.randint(1, 3)):
        steps.append(_step("DELETE FROM items WHERE id = %s", key))
        steps.append(_step("INSERT INTO items (id, name, qty) VALUES (%s, %s, %s)", key, word(turn), turn))
    if rng.random() < 0.3:
        steps.append(_step("DELETE FROM items WHERE id = %s", key))
    return Transaction("item key used again", tuple(steps))


def passing_item(rng: Random, size: Size) -> Transaction:
    """Inserted, changed and deleted: nothing is left of it."""
    key = -size.key(rng)
    steps = (
        _step("INSERT INTO items (id, name, qty) VALUES (%s, 'passing', 0)", key),
        _step("UPDATE items SET qty = 1 WHERE id = %s", key),
        _step("DELETE FROM items WHERE id = %s", key),
    )
    return Transaction("item passing by", steps)


def stock_moves(rng: Random, size: Size) -> Transaction:
    """Parts of a composite key change; its text differs by case alone in some rows."""
    slot, sku = size.key(rng), f"{rng.choice(('sku', 'SKU'))}-{rng.randrange(500)}"
    insert = "INSERT INTO stock (warehouse, sku, slot, qty) VALUES (%s, %s, %s, 1)"
    upsert = f"{insert} ON DUPLICATE KEY UPDATE qty = qty + 1"
    step = rng.choice(
        (
            _step(upsert, slot % 7, sku, slot),
            _step("UPDATE stock SET warehouse = (warehouse + 1) %% 7 WHERE sku = %s AND slot < %s", sku, slot),
            _step("UPDATE stock SET slot = slot + 1 WHERE sku = %s ORDER BY slot DESC", sku),
            _step(
                "UPDATE stock SET sku = %s, qty = qty + 1 WHERE warehouse = %s AND slot = %s", sku, slot % 7, slot
            ),
            _step("DELETE FROM stock WHERE warehouse = %s AND sku = %s LIMIT 3", slot % 7, sku),
        )
    )
    return Transaction("stock moved", (step,))


def rename_tag(rng: Random, size: Size) -> Transaction:
    """The key stays equal in its collation, and its bytes change; or it goes and comes back in other letters."""
    name = word(size.key(rng))
    changes = {
        "UPPER(name)": 3,
        "LOWER(name)": 3,
        "CONCAT(UPPER(LEFT(name, 1)), SUBSTRING(name, 2))": 1,
        "REPLACE(name, 'e', 'é')": 1,
    }
    change = rng.choices([*changes], [*changes.values()])[0]
    update = _step(f"UPDATE tags SET name = {change}, uses = uses + 1 WHERE name = %s", name)
    again = (
        _step("DELETE FROM tags WHERE name = %s", name),
        _step("INSERT INTO tags (name, uses) VALUES (%s, 0)", rng.choice((name.upper(), name, name.title()))),
    )
    gone = (_step("DELETE FROM tags WHERE name = %s", name),)
    return Transaction("tag renamed", rng.choices(((update,), (update, update), again, gone), (4, 1, 3, 1))[0])


def rename_label(rng: Random, size: Size) -> Transaction:
    """As a tag, with spaces at the end that the collation does not see."""
    name, spaces = word(size.key(rng)), " " * rng.randint(0, 3)
    update = "UPDATE labels SET name = CONCAT(RTRIM(UPPER(name)), %s), uses = uses + 1 WHERE name = %s"
    into = "INTO labels (name, uses) VALUES (%s, 0)"
    upsert = f"INSERT {into} ON DUPLICATE KEY UPDATE name = CONCAT(RTRIM(LOWER(name)), '{spaces}')"
    step = rng.choice((_step(update, spaces, name), _step(upsert, name), _step(f"REPLACE {into}", name + spaces)))
    return Transaction("label renamed", (step,))

"""Transactions over tables with further unique keys: values that swap, move on, vanish and come back."""

from __future__ import annotations

from random import Random

from local.workload.filling import SETTINGS
from local.workload.size import Size
from local.workload.transaction import Step, Transaction, Value
from local.workload.values import word

_TAKE = "SELECT code INTO @code{n} FROM seats WHERE id = %s FOR UPDATE"
_GIVE = "UPDATE seats SET code = {value} WHERE id = %s"


def _step(sql: str, *values: Value, rows: int | None = None) -> Step:
    return Step(sql, values, rows)


def rotate_codes(rng: Random, size: Size) -> Transaction:
    """Two, three or more rows pass their unique codes on in a circle, by a value in between."""
    ids = sorted({size.taken(rng) for _ in range(rng.choice((2, 2, 3, 5)))}, key=lambda _: rng.random())
    steps = [_step(_TAKE.format(n=n), one, rows=1) for n, one in enumerate(ids)]
    if len(ids) > 1:
        steps.append(_step(_GIVE.format(value="%s"), f"between-{rng.getrandbits(64):x}", ids[0], rows=1))
        for n, one in [*enumerate(ids)][1:]:
            # by now nobody has the code of the one before, or the first one's, which is in between
            steps.append(_step(_GIVE.format(value="%s"), f"between-{rng.getrandbits(64):x}", one, rows=1))
            steps.append(_step(_GIVE.format(value=f"@code{n}"), ids[n - 1], rows=1))
        steps.append(_step(_GIVE.format(value="@code0"), ids[-1], rows=1))
    return Transaction("codes swapped", tuple(steps))


def swap_places(rng: Random, size: Size) -> Transaction:
    """By NULL, which a unique key may hold many times."""
    one, other = size.taken(rng), size.taken(rng)
    take = "SELECT zone, place INTO @zone{n}, @place{n} FROM seats WHERE id = %s FOR UPDATE"
    give = "UPDATE seats SET zone = @zone{n}, place = @place{n} WHERE id = %s"
    steps = (
        _step(take.format(n=0), one, rows=1),
        _step(take.format(n=1), other, rows=1),
        _step("UPDATE seats SET place = NULL WHERE id IN (%s, %s)", one, other),
        _step(give.format(n=1), one),
        _step(give.format(n=0), other),
    )
    return Transaction("places swapped", steps)


def shift_places(rng: Random, size: Size) -> Transaction:
    """Each row takes the place of the next one, in one statement."""
    start, zone = rng.randint(1, 2 * size.rows), rng.choice("ABCD")
    way, order = rng.choice((("+ 8", "DESC"), ("- 8", "ASC")))
    shift = (
        f"UPDATE seats SET place = place {way} WHERE zone = %s AND place BETWEEN %s AND %s ORDER BY place {order}"
    )
    return Transaction("places shifted", (_step(shift, zone, start, start + 80),))


def hand_code_on(rng: Random, size: Size) -> Transaction:
    """A row goes, and a row of another key takes its code."""
    old, new = size.taken(rng), size.key(rng)
    insert = "INSERT INTO seats (id, code, zone, place, holder) VALUES (%s, @code0, NULL, %s, %s)"
    steps = (
        _step(_TAKE.format(n=0), old, rows=1),
        _step("DELETE FROM seats WHERE id = %s", old, rows=1),
        _step(insert, new, rng.choice((None, new)), word(new)),
    )
    return Transaction("code handed on", steps)


def seat_by_any_key(rng: Random, size: Size) -> Transaction:
    """REPLACE deletes every row that collides; ON DUPLICATE KEY UPDATE changes the first that does."""
    key, code, holder = size.key(rng), f"SEAT-{size.taken(rng)}", word(rng.randint(0, 999))
    values = (key, code, rng.choice((None, "A", "B")), rng.choice((None, size.taken(rng))), holder)
    into = "INTO seats (id, code, zone, place, holder) VALUES (%s, %s, %s, %s, %s)"
    name, sql = rng.choice(
        (
            ("seat replaced", f"REPLACE {into}"),
            ("seat upserted", f"INSERT {into} ON DUPLICATE KEY UPDATE holder = '{holder}', place = NULL"),
            ("seat ignored", f"INSERT IGNORE {into}"),
        )
    )
    return Transaction(name, (Step(sql, values),))


def free_seats(rng: Random, size: Size) -> Transaction:
    start = size.key(rng)
    sql = "DELETE FROM seats WHERE id BETWEEN %s AND %s"
    return Transaction("seats freed", (_step(sql, start, start + rng.randint(0, 3)),))


def rewrite_settings(rng: Random, _size: Size) -> Transaction:
    """All rows go and come again in one transaction, most of them with another unique position."""
    positions = rng.sample(range(1, 2 * SETTINGS), SETTINGS)
    rows = [
        (f"setting.{n}", place, word(rng.randint(0, 99))) for n, place in enumerate(positions, rng.randint(1, 9))
    ]
    insert = f"INSERT INTO settings (name, position, value) VALUES {', '.join(['(%s, %s, %s)'] * len(rows))}"
    steps = (Step("DELETE FROM settings"), Step(insert, tuple(value for row in rows for value in row)))
    return Transaction("settings rewritten", steps)


def price(rng: Random, size: Size) -> Transaction:
    """A unique key over a generated column, and codes that swap only their case."""
    key, other = size.taken(rng), size.key(rng)
    change: tuple[Step, ...] = rng.choice(
        (
            (_step("UPDATE priced SET net = net + 1.01 WHERE id BETWEEN %s AND %s", key, key + 9),),
            (_step("UPDATE priced SET code = UPPER(code) WHERE id = %s", key),),
            (_step("UPDATE priced SET code = LOWER(code), net = 1 WHERE id = %s", key),),
            (_step("REPLACE INTO priced (id, code, net) VALUES (%s, %s, 2.5)", other, f"code-{key}"),),
            (_step("UPDATE priced SET id = %s WHERE id = %s", other, key),),
        )
    )
    return Transaction("priced", change)

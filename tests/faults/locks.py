"""Faults of other sessions on the target: rows and tables that they hold, and deadlocks."""

from __future__ import annotations

import time
from random import Random

from pymysql.cursors import Cursor

from tests.faults.arena import Arena, allowed

SCRATCH = "fault_scratch"
LOCK_SECONDS = 2
_WEIGHT = 20_000  # rows; InnoDB undoes the lighter side of a deadlock, and a batch of ours is lighter than this


def hold_rows(arena: Arena, rng: Random) -> str:
    """Another session changes rows and takes its time."""
    seconds, names = rng.uniform(1, 7), arena.tables()
    if not names:
        return "no tables yet"
    held = rng.sample(names, min(len(names), rng.randint(1, 3)))
    with arena.root("target") as cursor:
        cursor.execute("SET SESSION innodb_lock_wait_timeout = %s", (LOCK_SECONDS,))
        cursor.execute("BEGIN")
        got = [name for name in held if allowed(cursor, f"SELECT 1 FROM {name} LIMIT 2000 FOR UPDATE")]
        time.sleep(seconds)
        cursor.execute("ROLLBACK")
    return f"seconds={seconds:.1f} tables={','.join(got)}"


def hold_table(arena: Arena, rng: Random) -> str:
    """A metadata lock, as DDL or a forgotten LOCK TABLES takes; sometimes on every table there is."""
    seconds, names, all_tables = rng.uniform(1, 5), arena.tables(), rng.random() < 0.3
    if not names:
        return "no tables yet"
    name = rng.choice(names)
    with arena.root("target") as cursor:
        cursor.execute("SET SESSION lock_wait_timeout = 10")
        got = allowed(cursor, "FLUSH TABLES WITH READ LOCK" if all_tables else f"LOCK TABLES {name} WRITE")
        time.sleep(seconds)
        cursor.execute("UNLOCK TABLES")
    return f"seconds={seconds:.1f} table={'all' if all_tables else name} got={got}"


def deadlock(arena: Arena, rng: Random) -> str:
    """A session that locks tables in another order than the migration, and is too heavy to be the victim."""
    names, until = [*arena.tables()], time.monotonic() + rng.uniform(3, 8)
    if len(names) < 2:
        return "no tables yet"
    with arena.root("target") as cursor:
        before, tries = _deadlocks(cursor), 0
        cursor.execute("SET SESSION sql_log_bin = 0, innodb_lock_wait_timeout = %s", (LOCK_SECONDS,))
        while time.monotonic() < until and _deadlocks(cursor) == before:
            tries += 1
            rng.shuffle(names)
            cursor.execute("BEGIN")
            if allowed(cursor, f"UPDATE {SCRATCH}.weight SET n = n + 1"):
                allowed(cursor, f"SELECT 1 FROM {names[0]} LIMIT 3000 FOR UPDATE")
                time.sleep(rng.uniform(0.1, 0.6))
                for name in names[1:]:
                    if not allowed(cursor, f"SELECT 1 FROM {name} LIMIT 3000 FOR UPDATE"):
                        break
            cursor.execute("ROLLBACK")
        found = _deadlocks(cursor) - before
    return f"deadlocks={found} tries={tries}"


def prepare_scratch(arena: Arena) -> None:
    """Make the table whose changes give weight to a session."""
    with arena.root("target") as cursor:
        cursor.execute("SET SESSION sql_log_bin = 0, cte_max_recursion_depth = 1000000")
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS {SCRATCH}")
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {SCRATCH}.weight (id INT PRIMARY KEY, n INT)")
        cursor.execute(
            f"INSERT IGNORE INTO {SCRATCH}.weight WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n"
            f" WHERE i < {_WEIGHT}) SELECT i, 0 FROM n"
        )


def _deadlocks(cursor: Cursor) -> int:
    cursor.execute("SELECT COUNT FROM information_schema.INNODB_METRICS WHERE NAME = 'lock_deadlocks'")
    (count,) = cursor.fetchone() or (0,)
    return int(count)

"""Transactions over accounts. None of them changes `SUM(cents)`, whatever else it does."""

from __future__ import annotations

from random import Random

from local.workload.size import Size
from local.workload.transaction import Step, Transaction
from local.workload.values import word

_ADD = "UPDATE accounts SET cents = cents + %s, moves = moves + 1 WHERE id = %s"
_BOOK = "INSERT INTO ledger (giver, taker, cents, at) VALUES (%s, %s, %s, NOW(6))"


def _move(rng: Random, giver: int, taker: int) -> tuple[Step, ...]:
    cents = rng.randint(1, 5_000)
    return (
        Step(_ADD, (-cents, giver), 1),
        Step(_ADD, (cents, taker), 1),
        Step(_BOOK, (giver, taker, cents)),
    )


def transfer(rng: Random, size: Size) -> Transaction:
    return Transaction("transfer", _move(rng, size.account(rng), size.account(rng)))


def several_transfers(rng: Random, size: Size) -> Transaction:
    """The same accounts come up several times in one transaction."""
    few = [size.account(rng) for _ in range(3)]
    moves = (_move(rng, rng.choice(few), rng.choice(few)) for _ in range(rng.randint(2, 6)))
    return Transaction("several transfers", tuple(step for steps in moves for step in steps))


def transfer_taken_back(rng: Random, size: Size) -> Transaction:
    """To a savepoint and back, then another way."""
    first, second, third = (size.account(rng) for _ in range(3))
    taken_back = (Step("SAVEPOINT before_move"), *_move(rng, first, second), Step("ROLLBACK TO before_move"))
    steps = (*_move(rng, first, third), *taken_back, *_move(rng, second, third), Step("SAVEPOINT at_end"))
    return Transaction("savepoints", steps, rollback=rng.random() < 0.3)


def two_phase(rng: Random, size: Size) -> Transaction:
    """An XA transaction: others commit between its PREPARE and its COMMIT."""
    name, xid = "two phases", f"xa-{rng.getrandbits(64):x}"
    if rng.random() < 0.2:
        return Transaction("one phase", transfer(rng, size).steps, xid=xid, one_phase=True)
    return Transaction(name, several_transfers(rng, size).steps, rollback=rng.random() < 0.2, xid=xid)


def split(rng: Random, size: Size) -> Transaction:
    """A new account with money of an old one."""
    giver, taker, cents = size.account(rng), size.account(rng), rng.randint(1, 5_000)
    open_ = "INSERT INTO accounts (id, owner, cents) VALUES (%s, %s, %s)"
    return Transaction(
        "account opened", (Step(open_, (taker, word(taker), cents), 1), Step(_ADD, (-cents, giver), 1))
    )


def close(rng: Random, size: Size) -> Transaction:
    """All money of an account goes to another, its row goes, and sometimes another takes its number at once."""
    closed, heir = size.account(rng), size.account(rng)
    steps = [
        Step("SELECT cents INTO @cents FROM accounts WHERE id = %s FOR UPDATE", (closed,), 1),
        Step("DELETE FROM accounts WHERE id = %s", (closed,), 1),
        Step("UPDATE accounts SET cents = cents + @cents, moves = moves + 1 WHERE id = %s", (heir,), 1),
    ]
    if rng.random() < 0.5:
        steps.append(Step("INSERT INTO accounts (id, owner, cents) VALUES (%s, 'again', 0)", (closed,), 1))
    return Transaction("account closed", tuple(steps))


def fee(rng: Random, size: Size) -> Transaction:
    """One cent of each of many accounts to one."""
    first, taker = size.account(rng), size.account(rng)
    take = "UPDATE accounts SET cents = cents - 1, moves = moves + 1 WHERE id BETWEEN %s AND %s"
    give = "UPDATE accounts SET cents = cents + @taken, moves = moves + 1 WHERE id = %s"
    steps = (Step(take, (first, first + 40)), Step("SET @taken = ROW_COUNT()"), Step(give, (taker,), 1))
    return Transaction("fee", steps)


def renumber(rng: Random, size: Size) -> Transaction:
    """An account's key changes."""
    change = "UPDATE accounts SET id = %s WHERE id = %s"
    old, new = size.account(rng), size.account(rng)
    return Transaction("account renumbered", (Step(change, (new, old)),))

"""All kinds of transactions with their weights, and the endless sequence of one thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from random import Random

from local.workload import keys, money, others, uniques
from local.workload.size import Size
from local.workload.transaction import Transaction

Operation = Callable[[Random, Size], Transaction]

OPERATIONS: Mapping[Operation, int] = {
    keys.insert_items: 60,
    keys.change_items: 60,
    keys.upsert_item: 40,
    keys.delete_items: 30,
    keys.move_item: 40,
    keys.reuse_item_key: 30,
    keys.passing_item: 10,
    keys.stock_moves: 60,
    keys.rename_tag: 50,
    keys.rename_label: 40,
    uniques.rotate_codes: 50,
    uniques.swap_places: 40,
    uniques.shift_places: 30,
    uniques.hand_code_on: 30,
    uniques.seat_by_any_key: 60,
    uniques.free_seats: 10,
    uniques.rewrite_settings: 4,
    uniques.price: 50,
    money.transfer: 120,
    money.several_transfers: 30,
    money.transfer_taken_back: 30,
    money.two_phase: 20,
    money.split: 20,
    money.close: 20,
    money.fee: 10,
    money.renumber: 20,
    others.family: 60,
    others.wide: 80,
    others.log: 60,
    others.order: 60,
    others.bulk: 3,
    others.visits: 40,
}


def transactions(seed: int, thread: int, size: Size, only: Collection[str] = ()) -> Iterator[Transaction]:
    """What a thread sends, endlessly; `only` these operations, named as their functions are.

    Raises:
        ValueError: `only` names an operation that is not there.
    """
    unknown = set(only) - {operation.__name__ for operation in OPERATIONS}
    if unknown:
        raise ValueError(f"unknown operations: {', '.join(sorted(unknown))}")
    chosen = {
        operation: weight
        for operation, weight in OPERATIONS.items()
        if (not only or operation.__name__ in only) and (size.keyless or operation is not others.visits)
    }
    rng = Random(f"{seed}/{thread}")
    while True:
        yield rng.choices([*chosen], [*chosen.values()])[0](rng, size)

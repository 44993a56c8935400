"""GTID sets: MySQL's text, and the laws of sets against plain Python sets."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_migration.model.gtid import Gtid, GtidSet
from aurora_migration.mysql.binlog.gtid_events import decode_set, encode_set

A = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
B = "4d11fa47-71ca-11e1-9e33-c80aa9429562"
gtids = st.builds(Gtid, st.sampled_from([A, B]), st.integers(1, 30), st.sampled_from(["", "blue", "green_2"]))
plain = st.sets(gtids, max_size=40)


def gtid_set(members: set[Gtid]) -> GtidSet:
    found = GtidSet()
    for one in members:
        found = found.add(one)
    return found


def members(found: GtidSet) -> set[Gtid]:
    result = set()
    for source, parts in found.intervals.items():
        uuid, _, tag = source.partition(":")
        result |= {Gtid(uuid, number, tag) for first, last in parts for number in range(first, last + 1)}
    return result


@given(plain, plain)
def test_the_algebra_is_that_of_sets(left: set[Gtid], right: set[Gtid]) -> None:
    one, other = gtid_set(left), gtid_set(right)
    assert members(one) == left
    assert members(one.union(other)) == left | right
    assert members(one.subtract(other)) == left - right
    assert one.contains(other) == (left >= right)
    assert one.count == len(left)
    assert (one == other) == (left == right)
    assert bool(one) == bool(left)
    assert all(one.contains(gtid) == (gtid in left) for gtid in right)


@given(plain)
def test_text_and_bytes_and_back(some: set[Gtid]) -> None:
    found = gtid_set(some)
    assert GtidSet.parse(str(found)) == found
    assert GtidSet.parse(str(found).upper().replace(",", " ,\n")) == found
    assert decode_set(encode_set(found)) == found
    assert hash(GtidSet.parse(str(found))) == hash(found)


@given(plain)
def test_intervals_are_the_fewest(some: set[Gtid]) -> None:
    for parts in gtid_set(some).intervals.values():
        assert all(left[1] + 1 < right[0] for left, right in itertools.pairwise(parts))


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" , ,", ""),
        (f"{A}:5-3", ""),
        (f"{A}:1-5:6", f"{A}:1-6"),
        (f"{A}:7:1-3:2", f"{A}:1-3:7"),
        (f"{B}:1,{A}:1", f"{A}:1,{B}:1"),
        (f"{A}:1-3:blue:4:5:red:1,{A}:blue:1", f"{A}:1-3:blue:1:4-5:red:1"),
        (f"{A}:9223372036854775806", f"{A}:9223372036854775806"),
    ],
)
def test_text(text: str, canonical: str) -> None:
    assert str(GtidSet.parse(text)) == canonical


@pytest.mark.parametrize(
    "text",
    ["x", f"{A}", f"{A}:", f"{A}:0", f"{A}:1-9223372036854775807", "0-1-5", f"{A}:1-", f"{A}:1x", f"{A[:-1]}:1"],
)
def test_what_is_no_set_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="GTID"):
        GtidSet.parse(text)


def test_a_set_does_not_change() -> None:
    first = GtidSet.parse(f"{A}:1-3")
    first.add(Gtid(A, 4))
    first.union(GtidSet.parse(f"{A}:9"))
    assert str(first) == f"{A}:1-3"
    assert str(first.add(Gtid(A, 4))) == f"{A}:1-4"
    assert str(first.add(Gtid(A, 2))) == f"{A}:1-3"

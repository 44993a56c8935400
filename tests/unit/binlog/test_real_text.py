"""The server's layout of doubles; that it is the server's, the integration tests show on thousands of values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_migration.mysql.binlog.integers import packed, serial, to_serial
from aurora_migration.mysql.binlog.real_text import real_text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_it_reads_back(value: float) -> None:
    assert float(real_text(value)) == value
    assert real_text(value).startswith("-") == str(value).startswith("-")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "-0"), (1.0, "1"), (1e14, "100000000000000"), (1e15, "1e15"),
        (1e-15, "0.000000000000001"),
        (1e-16, "1e-16"), (3808347857127085.5, "3808347857127085.5"), (1.5e20, "1.5e20"), (5e-324, "5e-324"),
        (-1.25e-7, "-0.000000125"), (1e100, "1e100"),
    ],
)  # fmt: skip
def test_layout(value: float, text: str) -> None:
    assert real_text(value) == text


@given(st.integers(0, (1 << 56) - 1))
def test_serial_integers(value: int) -> None:
    assert serial(b"x" + to_serial(value), 1) == (value, 1 + len(to_serial(value)))


def test_the_widest_serial_integer() -> None:
    assert serial(b"\xff" + b"\xff" * 8, 0) == ((1 << 64) - 1, 9)


def test_packed_integers() -> None:
    samples = (b"\xfa", b"\xfc\x00\x01", b"\xfd\x00\x00\x01", b"\xfe" + b"\x01" * 8)
    assert [packed(data, 0) for data in samples] == [
        (250, 1), (256, 3), (65536, 4), (0x0101010101010101, 9)
    ]  # fmt: skip

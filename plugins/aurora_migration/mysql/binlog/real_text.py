"""Text of a DOUBLE as the server writes it (``my_gcvt``): the shortest digits that read back to the same value.

The digits are Python's; the layout is the server's: plain from 1e-15 to under 1e15 and for larger values with a
fraction, otherwise with an exponent that has neither plus sign nor leading zero. -0 keeps its sign.
"""

from __future__ import annotations

from typing import Final

_PLAIN: Final = 15  # DBL_DIG


def real_text(value: float) -> str:
    """``value`` as MySQL prints a DOUBLE."""
    text = repr(value)
    if 1e-4 <= abs(value) < 1e15:
        return text.removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return sign + "0"
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if 1 - _PLAIN <= point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point > 0 and (point <= _PLAIN or len(digits) > point):
        return f"{sign}{digits[:point].ljust(point, '0')}" + ("." + digits[point:] if digits[point:] else "")
    tail = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{tail}e{point - 1}"

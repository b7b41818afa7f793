"""Canonical JSON (RFC 8785): one value, one sequence of bytes, whoever writes it. No Django."""

from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any


def canonical(value: Any) -> bytes:
    """The canonical bytes. Raises ValueError for what RFC 8785 cannot say: NaN, infinity, integers that are no IEEE 754
    double, lone halves of surrogate pairs, keys that are no strings."""
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{encode_basestring(key)}:{_text(value[key])}" for key in _sorted(value)) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return "[" + ",".join(map(_text, value)) + "]"
    raise ValueError(f"JSON has no {type(value).__name__}")


def _sorted(value: Mapping[Any, Any]) -> list[str]:
    if not all(isinstance(key, str) for key in value):
        raise ValueError("keys of JSON objects are strings")
    keys = list(value)
    # By UTF-16 code units (3.2.3): beyond the basic plane that is not the order of code points.
    return sorted(keys) if all(key.isascii() for key in keys) else sorted(keys, key=lambda key: key.encode("utf-16-be"))


def _number(value: float) -> str:
    """As ECMAScript writes it (3.2.2.3): the shortest digits that come back as the same double."""
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    if not -(2**1024) < value < 2**1024 or (isinstance(value, int) and int(float(value)) != value):
        raise ValueError("canonical JSON has no such number")
    value = float(value)
    if value == 0:
        return "0"
    sign, (digits, exponent) = "-" if value < 0 else "", _shortest(abs(value))
    count = len(digits)
    if count <= exponent <= 21:
        return sign + digits + "0" * (exponent - count)
    if 0 < exponent <= 21:
        return f"{sign}{digits[:exponent]}.{digits[exponent:]}"
    if -6 < exponent <= 0:
        return f"{sign}0.{'0' * -exponent}{digits}"
    power = f"e{'+' if exponent > 0 else '-'}{abs(exponent - 1)}"
    return f"{sign}{digits[0]}{'.' if count > 1 else ''}{digits[1:]}{power}"


def _shortest(value: float) -> tuple[str, int]:
    """Digits without zeros at either end, and where the point stands: 0.digits × 10^exponent."""
    mantissa, _, power = repr(value).partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    exponent = len(whole) + int(power or 0) - (len(whole + part) - len(digits))
    return digits.rstrip("0"), exponent

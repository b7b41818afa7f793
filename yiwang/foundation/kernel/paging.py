"""Keyset paging: a page is found by the last row's sort key, so page 1,000 costs as much as page 1."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid

Row = TypeVar("Row")


class CursorInvalid(Invalid):
    """A paging mark that this list did not give out."""

    code = "cursor_invalid"
    title = _("This page address cannot be read")
    detail = _("The paging mark in the address is damaged or belongs to another list.")
    remedy = _("Start again from the first page.")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order, and the marks of the neighbouring pages (None where there is none)."""

    rows: Sequence[Row]
    next_cursor: str | None = None
    previous_cursor: str | None = None


def encode_cursor(*key: str | int | None) -> str:
    """An opaque, URL-safe mark for a sort key."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str | int | None]:
    """The sort key back, checked to have ``length`` parts. Raises CursorInvalid."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise CursorInvalid from None
    if not isinstance(key, list) or len(key) != length or any(isinstance(x, dict | list | float) for x in key):
        raise CursorInvalid
    return key


def cut(rows: list[Row], size: int, mark: Callable[[Row], str]) -> tuple[list[Row], str | None]:
    """From ``size + 1`` fetched rows: the page, and the mark of the last one if there is more."""
    page = rows[:size]
    return page, mark(page[-1]) if len(rows) > size else None

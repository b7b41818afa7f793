from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions


class CodeKind(StrEnum):
    """The lists a city keeps codes in."""

    CATEGORY = "category"
    MATTER_TYPE = "matter_type"
    CHANNEL = "channel"
    RETENTION = "retention"


@dataclass(frozen=True)
class CodeRow:
    """One entry of a code list. ``words`` are residents' words by language; ``attributes`` what the list adds
    (limits …)."""

    id: UUID
    kind: CodeKind
    system: str
    code: str
    names: Mapping[str, str]
    parent_id: UUID | None = None
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_default: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the entry is in force on ``day`` (``valid_to`` is the first day it no longer is)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class NewCode:
    """A code list entry to be stored; ``parent`` is the code of another entry of the same system."""

    code: str
    names: Mapping[str, str]
    parent: str | None = None
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    is_default: bool = False
    valid_from: date | None = None


register_actions({"codes.saved": _("A code list was changed")})

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.permissions import register

_sentences: dict[str, str | Promise] = {}


@register
class AuditPermission(StrEnum):
    """Who may read the trail."""

    VIEW = "audit.view"


def register_actions(sentences: Mapping[str, str | Promise]) -> None:
    """Declares an app's audit actions, each with the sentence people read. Called at import of the app's ``types``."""
    _sentences.update(sentences)


def sentence(action: str) -> str:
    """The human sentence of an action. Raises KeyError for one nobody registered: the build must notice, not the
    auditor."""
    return str(_sentences[action])


def is_registered(action: str) -> bool:
    """Whether an app has declared this action."""
    return action in _sentences


@dataclass(frozen=True)
class NewLeaf:
    """One change about to be written into the trail. ``detail`` holds codes, ids and numbers, never raw personal
    data."""

    action: str
    subject_kind: str
    subject_id: UUID
    detail: Mapping[str, Any]
    reason: str = ""


@dataclass(frozen=True)
class LeafRow:
    """One entry of the trail as people read it."""

    seq: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    sentence: str
    subject_kind: str
    subject_id: UUID
    detail: Mapping[str, Any]
    reason: str


register_actions({"audit.trail_read": _("The trail of a record was read")})

from collections.abc import Mapping, Sequence
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


def list_actions() -> Sequence[tuple[str, str]]:
    """All actions with their sentences, by name."""
    return [(action, str(words)) for action, words in sorted(_sentences.items())]


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


@dataclass(frozen=True)
class LeafFilter:
    """What of the trail is wanted; what is left out narrows nothing. ``since`` is included, ``before`` is not."""

    actor_id: UUID | None = None
    action: str = ""
    subject_ids: Sequence[UUID] | None = None
    since: datetime | None = None
    before: datetime | None = None


class FaultKind(StrEnum):
    """What a verification can find wrong."""

    ALTERED = "altered"
    DELETED = "deleted"
    INSERTED = "inserted"
    ORDER = "order"
    TREE = "tree"
    CHECKPOINT = "checkpoint"
    SIGNATURE = "signature"
    ROLLED_BACK = "rolled_back"
    FORKED = "forked"


@dataclass(frozen=True)
class Fault:
    """Something wrong: of which leaf (``seq``), and where in the tree (``position``, from 0), as far as is known."""

    kind: FaultKind
    seq: int | None
    position: int | None
    note: str = ""


@dataclass(frozen=True)
class Verification:
    """``size`` leaves are in the tree; ``count`` of them were read, from position ``start`` on."""

    size: int
    start: int
    count: int
    checkpoints: int
    has_copy: bool
    faults: Sequence[Fault]


register_actions(
    {
        "audit.trail_read": _("The trail of a record was read"),
        "audit.searched": _("The trail was searched"),
        "audit.exported": _("A part of the trail was exported"),
        "audit.proof_made": _("A proof of the trail was made"),
    }
)

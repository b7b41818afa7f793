from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.kernel.permissions import register


@register
class PeoplePermission(StrEnum):
    """Who may see residents' contact data in clear, and say which contacts are one person's."""

    VIEW_CONTACT = "people.view_contact"
    MERGE = "people.merge_persons"


@dataclass(frozen=True)
class ContactDetails:
    """How a resident can be reached; any part may be empty, all three empty is no contact."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.phone or self.email)


class ChangeKind(StrEnum):
    """What was done with records of persons."""

    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True)
class PersonChangeRow:
    """One merging or splitting: ``contact_ids`` went from ``source_id`` to ``target_id``; undone, they are back.

    ``can_undo``: all of them still are where this change put them.
    """

    id: UUID
    kind: ChangeKind
    source_id: UUID
    target_id: UUID
    contact_ids: tuple[UUID, ...]
    reason: str
    changed_by: UUID | None
    changed_at: datetime
    undone_at: datetime | None
    can_undo: bool


register_actions(
    {
        "people.contact_read": _("A resident's contact data was read"),
        "people.merged": _("Two records of a person were merged"),
        "people.split": _("The record of a person was split"),
        "people.change_undone": _("A merging or splitting of persons was undone"),
    }
)

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.files.types import Box, FileRow
from yiwang.foundation.kernel.permissions import register
from yiwang.foundation.privacy.types import ReviewedFinding
from yiwang.hub.cases.types import CaseDetail, CaseState

__all__ = ["Box", "Draft", "DraftPhoto", "PublicCaseRow", "PublicationPermission", "Release"]


@register
class PublicationPermission(StrEnum):
    """Who may show cases to the public."""

    RELEASE = "publication.release"


@dataclass(frozen=True)
class Release:
    """When and by whom the public version was released, and withdrawn, if it was."""

    released_at: datetime
    released_by: UUID | None
    withdrawn_at: datetime | None
    withdrawal: str
    # Whether the case says something else now than what the public reads.
    is_outdated: bool

    @property
    def is_public(self) -> bool:
        return self.withdrawn_at is None


@dataclass(frozen=True)
class DraftPhoto:
    """A photo of the report, and its redacted copy with the boxes painted into it, if there is one."""

    photo: FileRow
    copy_id: UUID | None
    boxes: Sequence[Box]


@dataclass(frozen=True)
class Draft:
    """What a case would show the public, and what stands in the way.

    ``texts`` by part (``title``, ``text``, ``reply``) as they are, ``preview`` as the public would read them; ``seen``
    goes back with each decision. ``is_secret``: no public version at all.
    """

    case: CaseDetail
    texts: Mapping[str, str]
    seen: str
    findings: Sequence[ReviewedFinding]
    preview: Mapping[str, str]
    photos: Sequence[DraftPhoto]
    release: Release | None
    is_secret: bool

    @property
    def open_count(self) -> int:
        """How many findings nobody has decided about."""
        return sum(finding.decision is None for finding in self.findings)

    @property
    def is_releasable(self) -> bool:
        return not self.is_secret and not self.open_count and any(self.preview.values())


@dataclass(frozen=True)
class PublicCaseRow:
    """A case as everybody may see it; ``photo_ids`` are of redacted copies."""

    id: UUID
    number: str
    title: str
    text: str
    reply: str
    state: CaseState
    category_id: UUID | None
    area_id: UUID | None
    received_at: datetime
    released_at: datetime
    photo_ids: tuple[UUID, ...] = ()


register_actions(
    {
        "publication.released": _("The public version of a case was released"),
        "publication.withdrawn": _("The public version of a case was withdrawn"),
        "publication.photo_redacted": _("A photo was redacted for the public"),
        "publication.photo_withdrawn": _("A redacted photo was withdrawn"),
    }
)

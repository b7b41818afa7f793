"""What the desk's templates are given: plain values, already in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.forms import BoundField
from django.utils.safestring import SafeString

from yiwang.foundation.files.types import FileRow
from yiwang.foundation.kernel.viewer import Secrecy
from yiwang.foundation.people.types import ContactDetails
from yiwang.hub.cases.types import CaseDetail, CaseFilter, CaseRow


@dataclass(frozen=True)
class Due:
    """How a deadline stands. ``used`` of ``total`` hours are gone; ``total`` is 0 where a bar would say nothing."""

    label: str
    tone: str
    used: float = 0
    total: float = 0


@dataclass(frozen=True)
class Tile:
    """A counter and the part of the queue behind it: ``query`` as a query string, ``count`` its size in words."""

    key: str
    label: str
    tone: str
    query: str
    wanted: CaseFilter
    count: str = "–"
    is_current: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of a timeline, as the component wants it."""

    at: datetime
    title: str
    actor: str
    body: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class SentMessage:
    """A message about a case: about what, to whom, and what became of it."""

    at: datetime
    about: str
    recipient: str
    state: str
    tone: str
    error: str


@dataclass(frozen=True)
class MapView:
    """Where the small map looks, WGS84 degrees, and which level of areas it draws."""

    lon: float
    lat: float
    level: str


@dataclass(frozen=True)
class CasePage:
    """Everything on the page of one case."""

    case: CaseDetail
    facts: Sequence[tuple[str, str | SafeString]]
    due: Due | None
    clock: Sequence[str]
    dispatch: Sequence[str]
    history: Sequence[Entry]
    messages: Sequence[SentMessage]
    contact: ContactDetails | None
    person_id: UUID | None
    files: Sequence[FileRow]
    map: MapView | None
    imported: Sequence[tuple[str, str]]

    @property
    def hides_identity(self) -> bool:
        """Whether units are not to learn who reported it."""
        return self.case.place.secrecy is not Secrecy.NONE


@dataclass(frozen=True)
class ContactLine:
    """A contact of a person, masked, with the visible cases it reported."""

    id: UUID
    details: ContactDetails
    cases: Sequence[CaseRow]


@dataclass(frozen=True)
class PersonLine:
    """A record of a person elsewhere: a masked name and how many of its cases the viewer sees."""

    id: UUID
    name: str
    number: str
    case_count: int


@dataclass(frozen=True)
class ChangeLine:
    """A merging or splitting in words."""

    id: UUID
    entry: Entry
    source_id: UUID
    can_undo: bool


@dataclass(frozen=True)
class PersonPage:
    """A record of a person as far as the viewer may know it."""

    id: UUID
    name: str
    contacts: Sequence[ContactLine]
    similar: Sequence[PersonLine]
    changes: Sequence[ChangeLine]

    @property
    def case_count(self) -> int:
        """How many cases are shown."""
        return sum(len(contact.cases) for contact in self.contacts)


@dataclass(frozen=True)
class HeldRole:
    """A role somebody holds, in words."""

    id: UUID
    role: str
    scope: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True)
class TrailLine:
    """One entry of the trail: ``rule`` says by which rule or basis, ``about`` names the record."""

    seq: int
    at: datetime
    who: str
    what: str
    why: str
    rule: str
    about: str
    is_sealed: bool


@dataclass(frozen=True)
class AccountPage:
    """An account in words; ``tone`` colours its state."""

    id: UUID
    username: str
    name: str
    state: str
    tone: str
    is_active: bool
    last_login_at: datetime | None
    held: Sequence[HeldRole]


@dataclass(frozen=True)
class KeyLine:
    """An API key in words."""

    name: str
    prefix: str
    permissions: str
    scope: str
    limit_per_minute: int
    last_used_at: datetime | None
    expires_at: datetime | None
    state: str
    tone: str
    is_active: bool


@dataclass(frozen=True)
class Piece:
    """A piece of a text; ``number`` is that of the finding it is, 0 for none."""

    text: str
    number: int = 0


@dataclass(frozen=True)
class FindingLine:
    """One finding in words, with the controls that decide about it."""

    number: int
    text: str
    label: str
    why: str
    is_decided: bool
    decided_by: str
    decided_at: datetime | None
    choice: BoundField
    reason: BoundField


@dataclass(frozen=True)
class DraftPart:
    """One text of a case on its way to the public."""

    name: str
    pieces: Sequence[Piece]
    findings: Sequence[FindingLine]


@dataclass(frozen=True)
class InboxGroup:
    """One part of a unit's work; ``is_cut`` when more cases belong to it, all of which ``query`` shows in the queue."""

    key: str
    title: str
    empty: str
    rows: Sequence[CaseRow]
    query: str
    is_cut: bool
    move: str | None = None


Query = Mapping[str, str | Sequence[str]]

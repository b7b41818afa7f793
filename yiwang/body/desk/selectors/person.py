"""The page of a person: contacts and cases that the viewer may know, what else could be the same, what was changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from yiwang.body.desk.selectors.casepage import get_case_by_number
from yiwang.body.desk.selectors.wording import language
from yiwang.body.desk.types import ChangeLine, ContactLine, Entry, PersonLine, PersonPage
from yiwang.foundation.identity.selectors import get_user_names
from yiwang.foundation.kernel.viewer import SYSTEM, Viewer
from yiwang.foundation.people.errors import PersonNotFound
from yiwang.foundation.people.selectors import (
    find_person_id,
    get_masked_contact,
    list_contact_ids_of_person,
    list_person_changes,
    list_similar_persons,
)
from yiwang.foundation.people.types import ChangeKind, PersonChangeRow
from yiwang.hub.cases.selectors import list_cases_of_contacts
from yiwang.hub.cases.types import CaseRow


def get_person_page(person_id: UUID, *, viewer: Viewer, now: datetime) -> PersonPage:
    """A person as far as the viewer may know them: contacts of cases in the viewer's scope, and nothing of others.

    Raises NotPermitted, and PersonNotFound where the viewer sees no case of theirs.
    """
    contacts = _contacts(person_id, viewer, now)
    if not contacts:
        raise PersonNotFound
    return PersonPage(
        id=person_id,
        name=_name(contacts),
        contacts=contacts,
        similar=_similar(person_id, viewer, now),
        changes=_changes(person_id, viewer, now),
    )


def get_person_of_case(number: str, *, viewer: Viewer, now: datetime) -> UUID:
    """Who reported a visible case. Raises CaseNotFound, and PersonNotFound where nobody may be known."""
    case = get_case_by_number(number, viewer=viewer, now=now)
    person_id = find_person_id(case.contact_id, viewer=SYSTEM) if case.contact_id else None
    if person_id is None:
        raise PersonNotFound
    return person_id


def _contacts(person_id: UUID, viewer: Viewer, now: datetime) -> Sequence[ContactLine]:
    contact_ids = list_contact_ids_of_person(person_id, viewer=SYSTEM)
    reported = list_cases_of_contacts(contact_ids, viewer=viewer, now=now)
    cases: dict[UUID, list[CaseRow]] = {}
    for each in reported:
        cases.setdefault(each.contact_id, []).append(each.row)
    places = {each.contact_id: each.place for each in reported}
    return [
        ContactLine(contact_id, get_masked_contact(contact_id, at=places[contact_id], viewer=viewer), rows)
        for contact_id, rows in cases.items()
    ]


def _name(contacts: Sequence[ContactLine]) -> str:
    names = (contact.details.name for contact in contacts)
    return next(filter(None, names), "") or _("somebody without a name")


def _similar(person_id: UUID, viewer: Viewer, now: datetime) -> Sequence[PersonLine]:
    lines = []
    for other_id in list_similar_persons(person_id, viewer=SYSTEM):
        contacts = _contacts(other_id, viewer, now)
        if contacts:
            count = sum(len(contact.cases) for contact in contacts)
            lines.append(PersonLine(other_id, _name(contacts), contacts[0].cases[0].number, count))
    return lines


def _changes(person_id: UUID, viewer: Viewer, now: datetime) -> Sequence[ChangeLine]:
    """Those of which the viewer may know a contact, wherever it is now."""
    found = list_person_changes(person_id, viewer=SYSTEM)
    moved = [contact_id for change in found for contact_id in change.contact_ids]
    visible = {each.contact_id for each in list_cases_of_contacts(moved, viewer=viewer, now=now)}
    changes = [change for change in found if visible.intersection(change.contact_ids)]
    names = get_user_names([change.changed_by for change in changes if change.changed_by], language=language())
    return [
        ChangeLine(
            id=change.id,
            entry=Entry(
                at=change.changed_at,
                title=_what(change, person_id),
                actor=names.get(change.changed_by, "") if change.changed_by else "",
                body=change.reason,
                tone="muted" if change.undone_at else "info",
            ),
            source_id=change.source_id,
            can_undo=change.can_undo,
        )
        for change in changes
    ]


def _what(change: PersonChangeRow, person_id: UUID) -> str:
    came = change.target_id == person_id
    words = {
        (ChangeKind.MERGED, True): _("Another record was merged into this one: %(count)s contacts"),
        (ChangeKind.MERGED, False): _("Merged into another record: %(count)s contacts"),
        (ChangeKind.SPLIT, True): _("Split off from another record: %(count)s contacts"),
        (ChangeKind.SPLIT, False): _("Split off as another record: %(count)s contacts"),
    }
    sentence = words[change.kind, came] % {"count": len(change.contact_ids)}
    return _("%(sentence)s (undone)") % {"sentence": sentence} if change.undone_at else sentence

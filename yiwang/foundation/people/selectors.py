from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yiwang.foundation.audit.selectors import list_leaves_of
from yiwang.foundation.audit.services import record, record_many
from yiwang.foundation.audit.types import LeafRow, NewLeaf
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.viewer import Place, Secrecy, Viewer
from yiwang.foundation.people.errors import ContactNotFound
from yiwang.foundation.people.models import ERASED, Contact, PersonChange
from yiwang.foundation.people.sealing import phone_index, phone_indexes
from yiwang.foundation.people.types import ChangeKind, ContactDetails, PeoplePermission, PersonChangeRow

__all__ = [
    "find_person_id",
    "get_contact",
    "get_contacts",
    "get_masked_contact",
    "list_contact_ids_by_phone",
    "list_contact_ids_of_person",
    "list_person_changes",
    "list_readings",
    "list_similar_persons",
    "may_merge",
    "phone_index",
    "phone_indexes",
]

READ = "people.contact_read"
MOST_CONTACTS = 200
# A person belongs to the whole city: who merges must be allowed to know everybody in it.
EVERYBODY = Place(secrecy=Secrecy.HIDE_IDENTITY)


@transaction.atomic
def get_contact(contact_id: UUID, *, at: Place, viewer: Viewer, now: datetime, reason: str) -> ContactDetails:
    """The contact in clear. Needs ``people.view_contact`` where the matter belongs, ``at``; the reading is a leaf.

    Raises NotPermitted and ContactNotFound.
    """
    if not viewer.may_identify(PeoplePermission.VIEW_CONTACT, at=at):
        raise NotPermitted(permission=PeoplePermission.VIEW_CONTACT.value)
    details = _open(contact_id)
    record(READ, viewer=viewer, subject_kind="contact", subject_id=contact_id, now=now, reason=reason)
    return details


@transaction.atomic
def get_contacts(reasons: Mapping[UUID, str], *, viewer: Viewer, now: datetime) -> Mapping[UUID, ContactDetails]:
    """Several contacts in clear, by id, each with the reason it is read for; ids that are unknown are left out.

    For the system, which sends messages; each reading is a leaf of the trail. Raises NotPermitted.
    """
    viewer.require_system()
    rows = Contact.objects.filter(id__in=reasons).exclude(key_version=ERASED)
    found = {row.id: row.open() for row in rows}
    leaves = [NewLeaf(READ, "contact", contact_id, {}, reasons[contact_id]) for contact_id in found]
    record_many(leaves, viewer=viewer, now=now)
    return found


def get_masked_contact(contact_id: UUID, *, at: Place, viewer: Viewer) -> ContactDetails:
    """The contact as those see it who work where the matter belongs: ``王**``, ``138****8000``, ``w***@example.org``.

    Raises ContactNotFound, also for what lies outside the viewer's scopes.
    """
    if not viewer.reaches(at):
        raise ContactNotFound
    details = _open(contact_id)
    return ContactDetails(
        name=_mask_name(details.name), phone=_mask_phone(details.phone), email=_mask_email(details.email)
    )


def list_readings(contact_id: UUID, *, viewer: Viewer) -> Sequence[LeafRow]:
    """Who has read this contact in clear, newest first, at most 100: for the person, whose link is the proof.

    Only the system. Raises NotPermitted.
    """
    leaves = list_leaves_of([contact_id], viewer=viewer)
    return [leaf for leaf in leaves if leaf.action == READ][:100]


def list_contact_ids_by_phone(phone: str, *, viewer: Viewer) -> Sequence[UUID]:
    """Ids of the contacts with this number, newest first, at most 50. Only the system. Raises NotPermitted."""
    viewer.require_system()
    found = Contact.objects.filter(phone_index__in=phone_indexes(phone)).order_by("-id")
    return list(found.values_list("id", flat=True)[:50])


def may_merge(*, viewer: Viewer) -> bool:
    """Whether the viewer may merge and split persons: with ``people.merge_persons`` in the whole city, cleared for
    reporters who asked not to be named."""
    return viewer.may_identify(PeoplePermission.MERGE, at=EVERYBODY)


def find_person_id(contact_id: UUID, *, viewer: Viewer) -> UUID | None:
    """Whose contact this is; None for one that is new or was erased. Only the system. Raises NotPermitted."""
    viewer.require_system()
    return Contact.objects.filter(id=contact_id).values_list("person_id", flat=True).first()


def list_contact_ids_of_person(person_id: UUID, *, viewer: Viewer) -> Sequence[UUID]:
    """The contacts of a person, the newest first, at most 200. Which of them somebody may see, the matters they belong
    to decide: that is the caller's question. Only the system. Raises NotPermitted."""
    viewer.require_system()
    found = Contact.objects.filter(person_id=person_id).order_by("-id")
    return list(found.values_list("id", flat=True)[:MOST_CONTACTS])


def list_similar_persons(person_id: UUID, *, viewer: Viewer) -> Sequence[UUID]:
    """Other persons who share a phone or an e-mail address with this one, at most 10. Only the system. Raises
    NotPermitted."""
    viewer.require_system()
    own = Contact.objects.filter(person_id=person_id).order_by("-id")[:MOST_CONTACTS]
    phones = {bytes(contact.phone_index) for contact in own if contact.phone_index}
    emails = {bytes(contact.email_index) for contact in own if contact.email_index}
    shared = Q(phone_index__in=phones) | Q(email_index__in=emails)
    others = Contact.objects.filter(shared, person__isnull=False).exclude(person_id=person_id)
    return list(others.order_by("person_id").values_list("person_id", flat=True).distinct()[:10])


def list_person_changes(person_id: UUID, *, viewer: Viewer) -> Sequence[PersonChangeRow]:
    """What was merged into a person, split from it or undone, the latest first, at most 50. Only the system. Raises
    NotPermitted."""
    viewer.require_system()
    either = Q(source_id=person_id) | Q(target_id=person_id)
    changes = list(PersonChange.objects.filter(either).order_by("-changed_at", "-id")[:50])
    moved = Contact.objects.filter(id__in=[contact_id for change in changes for contact_id in change.contact_ids])
    persons = dict(moved.values_list("id", "person_id"))
    return [_change(change, persons) for change in changes]


def _change(change: PersonChange, persons: Mapping[UUID, UUID | None]) -> PersonChangeRow:
    # Contacts that were erased are nobody's and stand in nobody's way.
    now_at = {persons.get(contact_id) for contact_id in change.contact_ids} - {None}
    return PersonChangeRow(
        id=change.id,
        kind=ChangeKind(change.kind),
        source_id=change.source_id,
        target_id=change.target_id,
        contact_ids=tuple(change.contact_ids),
        reason=change.reason,
        changed_by=change.changed_by,
        changed_at=change.changed_at,
        undone_at=change.undone_at,
        can_undo=change.undone_at is None and now_at == {change.target_id},
    )


def _open(contact_id: UUID) -> ContactDetails:
    row = Contact.objects.filter(id=contact_id).first()
    if row is None:
        raise ContactNotFound
    return row.open()


def _mask_name(name: str) -> str:
    return name[:1] + "*" * min(len(name) - 1, 2) if name else ""


def _mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "*" * len(phone)


def _mask_email(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host}" if host else ""

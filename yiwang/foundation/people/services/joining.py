"""Merging and splitting records of persons: contacts move, nothing is lost, everything can be undone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.events import publish
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.people.errors import (
    ChangeReasonMissing,
    NothingToSplit,
    PersonMoved,
    PersonNotFound,
    SamePerson,
)
from yiwang.foundation.people.events import ContactsMoved
from yiwang.foundation.people.models import Contact, Person, PersonChange
from yiwang.foundation.people.selectors import may_merge
from yiwang.foundation.people.types import ChangeKind, PeoplePermission

REASON_LENGTH = 500


@transaction.atomic
def merge_persons(source_id: UUID, target_id: UUID, *, reason: str, viewer: Viewer, now: datetime) -> UUID:
    """Says that two records are one person: all contacts of the source go to the target. Returns the change's id.

    Needs ``people.merge_persons`` in the whole city. Raises NotPermitted, ChangeReasonMissing, SamePerson,
    PersonNotFound, and PersonMoved where one was merged elsewhere meanwhile.
    """
    _require(viewer, reason)
    if source_id == target_id:
        raise SamePerson
    persons = _lock(source_id, target_id)
    contact_ids = _contacts_of(source_id)
    change = _move(ChangeKind.MERGED, source_id, target_id, contact_ids, reason, viewer, now)
    persons[source_id].merged_into_id = target_id
    persons[source_id].save(update_fields=["merged_into"])
    return change.id


@transaction.atomic
def split_person(person_id: UUID, contact_ids: Collection[UUID], *, reason: str, viewer: Viewer, now: datetime) -> UUID:
    """Says that some contacts of a record are somebody else's, who becomes a new person. Returns that person's id.

    Needs ``people.merge_persons`` in the whole city. Raises NotPermitted, ChangeReasonMissing, PersonNotFound,
    PersonMoved for contacts that are not (any more) this person's, and NothingToSplit for none or all of them.
    """
    _require(viewer, reason)
    _lock(person_id)
    there, wanted = set(_contacts_of(person_id)), set(contact_ids)
    if not wanted <= there:
        raise PersonMoved
    if not wanted or wanted == there:
        raise NothingToSplit(errors=(("contacts", str(NothingToSplit.detail)),))
    new_id = Person.objects.create(created_at=now).id
    _move(ChangeKind.SPLIT, person_id, new_id, sorted(wanted), reason, viewer, now)
    return new_id


@transaction.atomic
def undo_change(change_id: UUID, *, viewer: Viewer, now: datetime) -> None:
    """Takes a merging or splitting back: its contacts return, those that came since stay.

    Needs ``people.merge_persons`` in the whole city. Raises NotPermitted, PersonNotFound for no such change, and
    PersonMoved where it was undone already or a later change moved its contacts on: undo that one first.
    """
    _require_permission(viewer)
    change = PersonChange.objects.select_for_update().filter(id=change_id).first()
    if change is None:
        raise PersonNotFound
    persons = {person.id: person for person in _rows(change.source_id, change.target_id)}
    source, target = persons[change.source_id], persons[change.target_id]
    returning = Contact.objects.filter(id__in=change.contact_ids, person_id=target.id)
    if change.undone_at or target.merged_into_id or returning.count() != _living(change.contact_ids):
        raise PersonMoved
    returning.update(person_id=source.id)
    if change.kind == ChangeKind.MERGED:
        source.merged_into_id = None
        source.save(update_fields=["merged_into"])
    elif not _contacts_of(target.id):
        target.merged_into_id = source.id
        target.save(update_fields=["merged_into"])
    change.undone_at = now
    change.save(update_fields=["undone_at"])
    _record("change_undone", change, viewer, now)
    publish(ContactsMoved(target.id, source.id))


@transaction.atomic
def erase_changes_before(moment: datetime, limit: int) -> int:
    """Deletes at most ``limit`` changes made before ``moment``, which cannot be undone any more; returns how many."""
    old = PersonChange.objects.filter(changed_at__lt=moment).order_by("changed_at", "id")
    ids = list(old.select_for_update(skip_locked=True).values_list("id", flat=True)[:limit])
    return PersonChange.objects.filter(id__in=ids).delete()[0]


def _require(viewer: Viewer, reason: str) -> None:
    _require_permission(viewer)
    if not reason.strip():
        raise ChangeReasonMissing(errors=(("reason", str(ChangeReasonMissing.detail)),))


def _require_permission(viewer: Viewer) -> None:
    if not may_merge(viewer=viewer):
        raise NotPermitted(permission=PeoplePermission.MERGE.value)


def _rows(*person_ids: UUID) -> Sequence[Person]:
    # Always in the same order: two people who merge the same pair wait for one another instead of stopping each other.
    return list(Person.objects.select_for_update().filter(id__in=person_ids).order_by("id"))


def _lock(*person_ids: UUID) -> dict[UUID, Person]:
    persons = {person.id: person for person in _rows(*person_ids)}
    if set(person_ids) - persons.keys():
        raise PersonNotFound
    if any(person.merged_into_id for person in persons.values()):
        raise PersonMoved
    return persons


def _contacts_of(person_id: UUID) -> list[UUID]:
    rows = Contact.objects.select_for_update().filter(person_id=person_id).order_by("id")
    return list(rows.values_list("id", flat=True))


def _living(contact_ids: Sequence[UUID]) -> int:
    """How many of them still are anybody's; the others were erased since."""
    return Contact.objects.filter(id__in=contact_ids, person__isnull=False).count()


def _move(
    kind: ChangeKind,
    source_id: UUID,
    target_id: UUID,
    contact_ids: Sequence[UUID],
    reason: str,
    viewer: Viewer,
    now: datetime,
) -> PersonChange:
    Contact.objects.filter(id__in=contact_ids).update(person_id=target_id)
    change = PersonChange.objects.create(
        kind=kind.value,
        source_id=source_id,
        target_id=target_id,
        contact_ids=list(contact_ids),
        reason=reason.strip()[:REASON_LENGTH],
        changed_by=viewer.actor_id,
        changed_at=now,
    )
    _record(kind.value, change, viewer, now)
    publish(ContactsMoved(source_id, target_id))
    return change


def _record(verb: str, change: PersonChange, viewer: Viewer, now: datetime) -> None:
    record(
        f"people.{verb}",
        viewer=viewer,
        subject_kind="person",
        subject_id=change.target_id,
        now=now,
        reason=change.reason,
        detail={"change": str(change.id), "from": str(change.source_id), "contacts": len(change.contact_ids)},
    )

"""Which contacts are one person's: the same phone, else the same e-mail address."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from yiwang.foundation.kernel.inserting import insert
from yiwang.foundation.people.models import ERASED, Contact, Person
from yiwang.foundation.people.sealing import email_indexes, phone_indexes
from yiwang.foundation.people.types import ContactDetails

# Where several persons share a phone, so many of their latest contacts are asked for the name.
NAMES_LOOKED_AT = 20


@transaction.atomic
def gather_contacts(limit: int, *, now: datetime) -> int:
    """Gives at most ``limit`` contacts nobody has looked at to the persons they are of; returns how many.

    The phone decides, else the e-mail address. Where a phone is several persons' (after a split), the one with the same
    name, else the one who used it last. Nobody known: a new person. Contacts somebody else holds wait for the next
    turn.
    """
    waiting = Contact.objects.filter(person=None, key_version__gt=ERASED).order_by("id")
    contacts = list(waiting.select_for_update(skip_locked=True)[:limit])
    details = {contact.id: contact.open() for contact in contacts}
    known = _known(details.values())
    found: dict[UUID, UUID] = {}
    strangers: list[Person] = []
    for contact_id, each in details.items():
        indexes = _indexes(each)
        person_id = _person_of(each, indexes, known)
        if person_id is None:
            strangers.append(Person(created_at=now))
            person_id = strangers[-1].id
        found[contact_id] = person_id
        for index in indexes:
            known.setdefault(index, []).insert(0, person_id)
    insert(*strangers)
    living = _living(set(found.values()))
    _give({contact_id: living[person_id] for contact_id, person_id in found.items()})
    return len(found)


def _living(person_ids: set[UUID]) -> Mapping[UUID, UUID]:
    """Where these persons are now. They are held until the end, so that nobody merges them away in the meantime."""
    now_at = {person_id: person_id for person_id in person_ids}
    waiting = person_ids
    while waiting:
        rows = Person.objects.select_for_update().filter(id__in=waiting).order_by("id")
        merged = dict(rows.filter(merged_into__isnull=False).values_list("id", "merged_into_id"))
        now_at = {person_id: merged.get(at, at) for person_id, at in now_at.items()}
        waiting = set(merged.values())
    return now_at


def _give(found: Mapping[UUID, UUID]) -> None:
    """One statement for all: Django's own way to do this takes most of the time of a turn."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_contact SET person_id = given.person_id"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS given (id, person_id) WHERE people_contact.id = given.id",
            [list(found), list(found.values())],
        )


def _indexes(details: ContactDetails) -> Sequence[bytes]:
    """By all keys: first the phone's, then those of the e-mail address."""
    return [*phone_indexes(details.phone), *email_indexes(details.email)]


def _known(details: Iterable[ContactDetails]) -> dict[bytes, list[UUID]]:
    """Whose these phones and addresses are, the latest use first."""
    phones = {index for each in details for index in phone_indexes(each.phone)}
    emails = {index for each in details for index in email_indexes(each.email)}
    found: dict[bytes, list[UUID]] = {}
    for field, wanted in (("phone_index", phones), ("email_index", emails)):
        theirs = Contact.objects.filter(**{f"{field}__in": wanted}, person__isnull=False)
        # One row a person, however often a number was used.
        latest = theirs.order_by(field, "person_id", "-id").distinct(field, "person_id")
        for _id, index, person_id in sorted(latest.values_list("id", field, "person_id"), reverse=True):
            found.setdefault(bytes(index), []).append(person_id)
    return found


def _person_of(details: ContactDetails, indexes: Sequence[bytes], known: Mapping[bytes, list[UUID]]) -> UUID | None:
    for index in indexes:
        persons = list(dict.fromkeys(known.get(index, ())))
        if len(persons) > 1:
            return _namesake(details.name, persons) or persons[0]
        if persons:
            return persons[0]
    return None


def _namesake(name: str, persons: Sequence[UUID]) -> UUID | None:
    latest = Contact.objects.filter(person_id__in=persons).order_by("-id")[:NAMES_LOOKED_AT]
    return next((contact.person_id for contact in latest if name and contact.open().name == name), None)

"""Contacts of one person are found together, merged and split by people, and whatever they do nothing is lost."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.kernel.errors import NotPermitted, YiwangError
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.keys import add_key_version
from yiwang.foundation.kernel.viewer import SYSTEM, ActorKind, Grant, Scope, Secrecy, Viewer
from yiwang.foundation.people import errors, selectors, services
from yiwang.foundation.people.models import Contact, Person, PersonChange
from yiwang.foundation.people.services import gathering
from yiwang.foundation.people.types import ContactDetails

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PHONE, OTHER = "13800138000", "13900139000"


def keep(name="王五", phone="", email=""):
    contact_id = services.keep_contact(ContactDetails(name, phone, email), now=NOW)
    assert contact_id
    return contact_id


def gather():
    return services.gather_contacts(100, now=NOW)


def person_of(contact_id):
    person_id = selectors.find_person_id(contact_id, viewer=SYSTEM)
    assert person_id
    return person_id


def merge(source_id, target_id, viewer=SYSTEM, reason="本人说的"):
    return services.merge_persons(source_id, target_id, reason=reason, viewer=viewer, now=NOW)


def split(person_id, *contact_ids, viewer=SYSTEM, reason="是他的妻子"):
    return services.split_person(person_id, contact_ids, reason=reason, viewer=viewer, now=NOW)


def undo(change_id):
    services.undo_change(change_id, viewer=SYSTEM, now=NOW)


def whole():
    """Which contacts each living person has; every contact is somebody's, and nobody who was merged has any."""
    assert not Contact.objects.filter(person=None).exists()
    assert not Contact.objects.filter(person__merged_into__isnull=False).exists()
    return {contact.id: contact.person_id for contact in Contact.objects.all()}


def test_the_same_phone_or_else_the_same_address_is_the_same_person():
    first, again = keep(phone=PHONE), keep(phone="+86 138-0013-8000")
    mailed, also = keep(email="W@example.org"), keep(name="", email="w@EXAMPLE.org")
    stranger, nameless = keep(phone=OTHER), keep(name="王五")
    assert gather() == 6 and gather() == 0
    assert person_of(first) == person_of(again) and person_of(mailed) == person_of(also)
    assert len({person_of(each) for each in (first, mailed, stranger, nameless)}) == 4
    later = keep(phone=PHONE, email="w@example.org")
    gather()
    assert person_of(later) == person_of(first), "the phone decides"
    assert list(selectors.list_similar_persons(person_of(mailed), viewer=SYSTEM)) == [person_of(first)]


def test_persons_are_found_while_contacts_move_to_another_key(own_keys):
    first = keep(phone=PHONE, email="w@example.org")
    gather()
    add_key_version()
    second, third = keep(phone=PHONE), keep(email="w@example.org")
    gather()
    assert person_of(first) == person_of(second) == person_of(third)


def test_a_shared_phone_goes_to_the_namesake_and_else_to_its_last_user():
    husband, wife = keep("王五", PHONE), keep("李四", PHONE)
    gather()
    new_person = split(person_of(husband), wife)
    assert {person_of(husband), person_of(wife)} == {person_of(husband), new_person}
    wang, li, nobody = keep("王五", PHONE), keep("李四", PHONE), keep("", PHONE)
    gather()
    assert person_of(wang) == person_of(husband) and person_of(li) == new_person
    assert person_of(nobody) == new_person


def test_merging_moves_everything_and_undoing_brings_it_back():
    one, two = keep(phone=PHONE), keep(email="w@example.org")
    gather()
    source, target = person_of(two), person_of(one)
    change = merge(source, target)
    assert person_of(two) == target and Person.objects.get(id=source).merged_into_id == target
    later = keep(email="w@example.org")
    gather()
    assert person_of(later) == target
    (row,) = selectors.list_person_changes(source, viewer=SYSTEM)
    assert row.can_undo and row.contact_ids == (two,)
    undo(change)
    assert (person_of(one), person_of(two), person_of(later)) == (target, source, target)
    with pytest.raises(errors.PersonMoved):
        undo(change)
    told = [leaf.action for leaf in list_leaves(target, viewer=SYSTEM)]
    assert sorted(told) == ["people.change_undone", "people.merged"]


def test_a_contact_never_goes_to_somebody_who_is_merged_away_meanwhile(monkeypatch):
    one, two, three = keep(phone=PHONE), keep(phone=OTHER), keep(email="w@example.org")
    gather()
    source, middle, target = person_of(one), person_of(two), person_of(three)
    late, look = keep(phone=PHONE), gathering._known

    def looked_and_then_merged(details):
        found = look(details)
        merge(source, middle)
        merge(middle, target)
        return found

    monkeypatch.setattr(gathering, "_known", looked_and_then_merged)
    gather()
    assert person_of(late) == target
    assert whole()


def test_a_later_change_must_be_undone_first():
    one, two, three = keep(phone=PHONE), keep(email="w@example.org"), keep(phone=OTHER)
    gather()
    middle = person_of(one)
    first = merge(person_of(two), middle)
    second = merge(middle, person_of(three))
    changes = selectors.list_person_changes(middle, viewer=SYSTEM)
    assert {change.id: change.can_undo for change in changes} == {first: False, second: True}
    with pytest.raises(errors.PersonMoved):
        undo(first)
    undo(second)
    undo(first)
    assert len(set(whole().values())) == 3


def test_what_cannot_be_merged_or_split_is_told():
    one, two = keep(phone=PHONE), keep(phone=OTHER)
    gather()
    person, other = person_of(one), person_of(two)
    for act, error in (
        (lambda: merge(person, person), errors.SamePerson),
        (lambda: merge(person, new_id()), errors.PersonNotFound),
        (lambda: merge(person, other, reason=" "), errors.ChangeReasonMissing),
        (lambda: split(person), errors.NothingToSplit),
        (lambda: split(person, one), errors.NothingToSplit),
        (lambda: split(person, two), errors.PersonMoved),
        (lambda: undo(new_id()), errors.PersonNotFound),
    ):
        with pytest.raises(error):
            act()
    merge(person, other)
    with pytest.raises(errors.PersonMoved):
        merge(person, other)
    assert PersonChange.objects.count() == 1


@pytest.mark.parametrize(
    "scope",
    [Scope(), Scope(area_ids=frozenset({new_id()}), secrecy=frozenset({Secrecy.HIDE_IDENTITY}))],
    ids=["not cleared", "of one district"],
)
def test_who_does_not_know_everybody_merges_nobody(scope):
    one, two = keep(phone=PHONE), keep(phone=OTHER)
    gather()
    viewer = Viewer(ActorKind.USER, grants=(Grant(frozenset({"people.merge_persons"}), scope),))
    for act in (
        lambda: merge(person_of(one), person_of(two), viewer),
        lambda: split(person_of(one), one, viewer=viewer),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_what_is_erased_is_nobodys_any_more_and_the_rest_can_still_be_undone():
    one, old, two = keep(phone=PHONE), keep(email="w@example.org"), keep(email="w@example.org")
    Contact.objects.filter(id=old).update(created_at=NOW - timedelta(days=9999))
    gather()
    source = person_of(two)
    change = merge(source, person_of(one))
    assert services.erase_contacts_before(NOW, 10) == 1
    assert selectors.find_person_id(old, viewer=SYSTEM) is None and gather() == 0
    undo(change)
    assert person_of(two) == source
    assert (services.erase_changes_before(NOW, 9), services.erase_changes_before(NOW + timedelta(1), 9)) == (0, 1)


@given(steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.booleans()), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_merged_and_split_undone_in_turn_all_is_as_it_was(steps):
    PersonChange.objects.all().delete()
    Contact.objects.all().delete()
    contacts = [keep(f"人{n}", f"1380000000{n % 4}") for n in range(6)]
    gather()
    before = whole()
    for first, second, is_merge in steps:
        try:
            if is_merge:
                merge(person_of(contacts[first]), person_of(contacts[second]))
            else:
                split(person_of(contacts[first]), contacts[first])
        except YiwangError:
            pass
        assert set(whole()) == set(before)
    for change_id in _latest_first():
        undo(change_id)
    assert whole() == before


def _latest_first() -> list[UUID]:
    return list(PersonChange.objects.order_by("-id").values_list("id", flat=True))

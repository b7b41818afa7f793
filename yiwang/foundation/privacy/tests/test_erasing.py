"""What has been kept long enough is erased, all of it and nothing else; the rest of the city goes on."""

from datetime import timedelta

import pytest

from yiwang.foundation.audit.selectors import list_leaves, search_leaves
from yiwang.foundation.audit.types import LeafFilter
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, Place
from yiwang.foundation.people.selectors import get_contact, get_contacts, list_contact_ids_by_phone
from yiwang.foundation.people.services import keep_contact, reseal_contacts
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.privacy import selectors
from yiwang.foundation.privacy.checks import check_retention
from yiwang.foundation.privacy.services import erase_expired, erasing

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=4 * 365)
PHONE = "13800001234"


@pytest.fixture
def contacts(city):
    """One kept four years ago and read then, one kept now."""
    details = ContactDetails("王小明", PHONE, "")
    old, new = keep_contact(details, now=now() - LONG_AGO), keep_contact(details, now=now())
    get_contact(old, at=Place(), viewer=SYSTEM, now=now() - LONG_AGO, reason="核实地点")
    return old, new


def leaves(action):
    return search_leaves(LeafFilter(action=action), viewer=SYSTEM, now=now()).rows


def test_old_contacts_are_erased_and_the_links_to_them(contacts):
    old, new = contacts
    assert [leaf.reason for leaf in list_leaves(old, viewer=SYSTEM)] == ["核实地点"]
    assert erase_expired(viewer=SYSTEM, now=now())["contact"] == 1
    assert not list_leaves(old, viewer=SYSTEM)
    assert [(leaf.reason, leaf.actor_id, leaf.detail) for leaf in leaves("people.contact_read")] == [("", None, {})]
    assert [leaf.detail for leaf in leaves("privacy.erased")] == [{"period": "contact", "rows": 1}]
    assert get_contact(old, at=Place(), viewer=SYSTEM, now=now(), reason="x").is_empty
    assert list(get_contacts({old: "x", new: "x"}, viewer=SYSTEM, now=now())) == [new]
    assert list_contact_ids_by_phone(PHONE, viewer=SYSTEM) == [new]
    assert reseal_contacts(10) == 0


def test_without_its_leaf_nothing_is_erased(contacts, monkeypatch):
    old, _new = contacts

    def fail(*_arguments, **_values):
        raise RuntimeError("no leaf")

    monkeypatch.setattr(erasing, "record", fail)
    with pytest.raises(RuntimeError, match="no leaf"):
        erase_expired(viewer=SYSTEM, now=now())
    assert get_contact(old, at=Place(), viewer=SYSTEM, now=now(), reason="x").phone == PHONE


def test_a_second_night_finds_nothing_and_only_the_system_erases(contacts):
    erase_expired(viewer=SYSTEM, now=now())
    assert erase_expired(viewer=SYSTEM, now=now()) == {}
    with pytest.raises(NotPermitted):
        erase_expired(viewer=ANONYMOUS, now=now())


def test_what_the_city_has_not_decided_is_left_alone_and_told(contacts, monkeypatch):
    assert check_retention().state == "ok"
    for module in (erasing, selectors):
        monkeypatch.setattr(module, "find_code", lambda kind, code: None)
    assert erase_expired(viewer=SYSTEM, now=now()) == {}
    finding = check_retention()
    assert finding.state == "warning" and "contact" in finding.message

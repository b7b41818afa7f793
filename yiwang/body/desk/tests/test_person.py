"""The page of a person: what the viewer may know of them, merging, splitting, and taking it back."""

import pytest

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM, Secrecy
from yiwang.foundation.people.selectors import find_person_id
from yiwang.foundation.people.services import gather_contacts
from yiwang.foundation.people.types import ContactDetails
from yiwang.hub.cases.services import change_secrecy

pytestmark = pytest.mark.django_db
WANG = ContactDetails("王小明", "13800138000")
WIFE = ContactDetails("李四", "13800138000")
MAILED = ContactDetails("王小明", "", "wang@example.org")


@pytest.fixture
def made(staff, new_case):
    """Makes a case somebody reported, and finds whose it is."""

    def make(contact, text="路灯不亮", **values):
        case = new_case(text, contact=contact, **values)
        gather_contacts(10, now=now())
        return case

    return make


def person_of(case):
    return find_person_id(case.contact_id, viewer=SYSTEM)


def address_of(case, *parts):
    return "/".join((f"/desk/people/{person_of(case)}", *parts))


def merge(staff, into, other, reason="来电核实"):
    values = {"merge-number": other.row.number, "merge-reason": reason}
    return staff.operator.post(address_of(into, "merge"), values)


def split(staff, case, *others, reason="是他的妻子"):
    values = {"split-contacts": [str(other.contact_id) for other in others], "split-reason": reason}
    return staff.operator.post(address_of(case, "split"), values)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_all_matters_of_a_person_and_contacts_masked(staff, made, language):
    first, second = made(WANG, "路灯不亮"), made(WANG, "垃圾没人收")
    staff.operator.cookies["django_language"] = language
    page = staff.operator.get(address_of(first)).text
    assert "路灯不亮" in page and "垃圾没人收" in page
    assert "138****8000" in page and "王**" in page and "13800138000" not in page
    assert address_of(second) in staff.operator.get(f"/desk/cases/{second.row.number}").text


def test_a_unit_sees_only_its_own_cases_of_a_person(staff, made):
    own, foreign = (
        made(WANG, "路灯不亮", unit_id=staff.units[0].id),
        made(WIFE, "垃圾没人收", unit_id=staff.units[1].id),
    )
    assert person_of(own) == person_of(foreign)
    page = staff.handler.get(address_of(own)).text
    assert "路灯不亮" in page and "垃圾" not in page and "李" not in page
    assert "/merge" not in page
    assert staff.handler.post(address_of(own, "merge"), {}).status_code == 403
    stranger = made(MAILED, unit_id=staff.units[1].id)
    assert staff.handler.get(address_of(stranger)).status_code == 404


def test_who_asked_not_to_be_named_is_not_found_behind_the_person(staff, made):
    open_case, hidden = made(WANG, unit_id=staff.units[0].id), made(WANG, "举报", unit_id=staff.units[0].id)
    change_secrecy(hidden.row.id, Secrecy.HIDE_IDENTITY, reason="x", viewer=SYSTEM, now=now())
    assert "举报" not in staff.handler.get(address_of(open_case)).text
    assert "举报" in staff.operator.get(address_of(open_case)).text, "who is cleared may know"


def test_two_records_are_merged_and_taken_apart_again(staff, made):
    phoned, mailed = made(WANG, "路灯不亮"), made(MAILED, "垃圾没人收")
    first, second = person_of(phoned), person_of(mailed)
    assert merge(staff, phoned, mailed).status_code == 302
    assert person_of(mailed) == first
    page = staff.operator.get(address_of(phoned))
    assert "垃圾没人收" in page.text and "来电核实" in page.text and "Wang the operator" in page.text
    change = page.context["person"].changes[0]
    answer = staff.operator.post(address_of(phoned, "undo", str(change.id)))
    assert answer.status_code == 302 and answer["Location"].endswith(str(second))
    assert (person_of(phoned), person_of(mailed)) == (first, second)
    again = staff.operator.post(address_of(phoned, "undo", str(change.id)))
    assert again.status_code == 409 and "Nothing was changed" in again.text


def test_a_shared_phone_is_split_and_suggested_again(staff, made):
    his, hers = made(WANG, "路灯不亮"), made(WIFE, "垃圾没人收")
    before = person_of(his)
    assert before == person_of(hers)
    assert split(staff, his, hers).status_code == 302
    assert person_of(his) == before != person_of(hers)
    page = staff.operator.get(address_of(his)).text
    assert "垃圾没人收" not in page and address_of(hers) in page, "they still share the phone"
    assert "Split off as another record" in page
    assert "Split off from another record" in staff.operator.get(address_of(hers)).text


def test_what_cannot_be_done_is_told_at_its_field(staff, made):
    his, hers = made(WANG), made(WIFE)
    for answer, words in (
        (merge(staff, his, hers), "Both are one record already."),
        (staff.operator.post(address_of(his, "merge"), {"merge-number": "TL0", "merge-reason": "x"}), "does not exist"),
        (merge(staff, his, hers, reason=""), "This field is required."),
        (split(staff, his, his, hers), "not none and not all"),
        (split(staff, his), "This field is required."),
        (split(staff, his, made(MAILED)), "not one of the available choices"),
    ):
        assert answer.status_code == 422 and words in answer.text, words
    assert person_of(his) == person_of(hers)


def test_an_unknown_person_or_change_is_not_found(staff, made):
    case, other = made(WANG), made(MAILED)
    assert staff.operator.get(f"/desk/people/{case.row.id}").status_code == 404
    assert staff.operator.post(address_of(case, "undo", str(case.row.id))).status_code == 404
    merge(staff, case, other)
    third = made(ContactDetails("赵六", "13900139000"))
    change = staff.operator.get(address_of(case)).context["person"].changes[0]
    assert staff.operator.post(address_of(third, "undo", str(change.id))).status_code == 404

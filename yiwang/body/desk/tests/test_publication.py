"""The page on which a case is made fit for the public: findings decided, photos redacted, released, withdrawn."""

import pytest

from tests import samples
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM, Secrecy
from yiwang.hub.cases.services import change_secrecy
from yiwang.hub.publication.selectors import get_draft, get_public_case, is_public
from yiwang.hub.publication.types import Box

pytestmark = pytest.mark.django_db
TEXT = "我叫王小明，莲花路12号的路灯不亮，物业李姐不管，请回电13800138000"
AT = TEXT.index("138")
NAME, PHONE = "choice.text.name.2.5", f"choice.text.mobile.{AT}.{AT + 11}"


@pytest.fixture
def case(staff, new_case):
    return new_case(TEXT, photos=(NewFile("a.jpg", samples.photo()),))


def address_of(case, *parts):
    return "/".join((f"/desk/cases/{case.row.number}/public", *parts))


def draft_of(case):
    return get_draft(case.row.number, viewer=SYSTEM, now=now())


def decided(case, **changes):
    return {"seen": draft_of(case).seen, NAME: "accepted", PHONE: "accepted", "words": "", **changes}


def decide(staff, case, **changes):
    return staff.operator.post(address_of(case), decided(case, **changes))


def boxes(*rows, **others):
    sides = zip(*rows, strict=True) if rows else [()] * 4
    return {**dict(zip(("left", "top", "width", "height"), sides, strict=True)), **others}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_findings_their_reasons_and_what_the_public_would_read(staff, case, language):
    staff.operator.cookies["django_language"] = language
    page = staff.operator.get(address_of(case))
    assert page.status_code == 200
    assert [line.text for part in page.context["parts"] for line in part.findings] == ["王小明", "13800138000"]
    assert "我叫***，莲花路12号的路灯不亮，物业李姐不管，请回电***" in page.text
    assert "/public/release" not in page.text, "nothing is offered before everything is decided"
    assert address_of(case) in staff.operator.get(f"/desk/cases/{case.row.number}").text


def test_from_the_scan_to_the_public_and_back(staff, case, client):
    assert decide(staff, case, words="李姐\n").status_code == 302
    page = staff.operator.get(address_of(case))
    assert "物业***不管" in page.text and "Wang the operator" in page.text
    assert staff.operator.post(address_of(case, "release"), {"seen": draft_of(case).seen}).status_code == 302
    shown = client.get(f"/cases/{case.row.number}").text
    assert "物业***不管" in shown and "王小明" not in shown and "李姐" not in shown
    assert case.row.number in client.get("/cases").text
    trail = staff.operator.get(f"/desk/cases/{case.row.number}/trail").text
    assert "The public version of a case was released" in trail
    refused = staff.operator.post(address_of(case, "withdraw"), {"reason": ""})
    assert refused.status_code == 422 and is_public(case.row.number)
    assert staff.operator.post(address_of(case, "withdraw"), {"reason": "当事人要求"}).status_code == 302
    assert client.get(f"/cases/{case.row.number}").status_code == 404
    assert case.row.number not in client.get("/cases").text


def test_showing_without_a_reason_is_refused_beside_its_finding_and_keeps_the_input(staff, case):
    answer = decide(staff, case, **{PHONE: "waived", "words": "李姐"})
    assert answer.status_code == 422
    assert "Showing “13800138000” needs a reason." in answer.text
    assert "李姐</textarea>" in answer.text
    assert draft_of(case).open_count == 2, "all or nothing"
    reason = {PHONE.replace("choice", "reason"): "单位公开电话"}
    assert decide(staff, case, **{PHONE: "waived", **reason}).status_code == 302
    assert "13800138000" in draft_of(case).preview["text"]


def test_words_that_do_not_stand_there_are_told(staff, case):
    answer = decide(staff, case, words="张三")
    assert answer.status_code == 422 and "“张三” does not stand in the text." in answer.text


@pytest.mark.parametrize("damage", [{"seen": "x"}, {"seen": ""}, {NAME: "perhaps"}, {NAME: ""}])
def test_a_damaged_form_decides_nothing(staff, case, damage):
    assert decide(staff, case, **damage).status_code in (409, 422)
    assert draft_of(case).open_count == 2


def test_release_is_refused_in_words_while_something_is_open(staff, case):
    answer = staff.operator.post(address_of(case, "release"), {"seen": draft_of(case).seen})
    assert answer.status_code == 409 and "Nobody has decided yet about 2 findings" in answer.text
    assert not is_public(case.row.number)


def test_a_photo_is_redacted_by_numbers_alone(staff, case, client):
    photo = draft_of(case).photos[0].photo
    where = address_of(case, "photos", str(photo.id))
    assert staff.operator.get(where).status_code == 200
    sent = boxes(("10", "10", "50", "50.5"), ("", "", "", ""))
    assert staff.operator.post(where, sent).status_code == 302
    assert draft_of(case).photos[0].boxes == (Box(10, 10, 50, 50.5),)
    assert 'value="50.5"' in staff.operator.get(where).text
    assert staff.operator.get(f"{where}/copy")["Content-Type"] == "image/jpeg"
    decide(staff, case)
    staff.operator.post(address_of(case, "release"), {"seen": draft_of(case).seen})
    photo_id = get_public_case(case.row.number).photo_ids[0]
    public = f"/cases/{case.row.number}/photos/{photo_id}"
    assert client.get(public)["Content-Type"] == "image/jpeg"
    assert client.get(public.replace(str(photo_id), str(photo.id))).status_code == 404
    assert staff.operator.post(f"{where}/withdraw").status_code == 302
    assert client.get(public).status_code == 404 and staff.operator.get(f"{where}/copy").status_code == 404


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (boxes(), "No part of the photo is covered"),
        (boxes(("1", "2", "3", "")), "Box 1 needs four numbers"),
        (boxes(("1", "2", "x", "4")), "Box 1 needs four numbers"),
        (boxes(("90", "2", "30", "4")), "within the photo"),
        (boxes(*[("1", "1", "1", "1")] * 41), "at most 40"),
    ],
)
def test_boxes_that_cannot_be_are_told_and_kept(staff, case, sent, words):
    where = address_of(case, "photos", str(draft_of(case).photos[0].photo.id))
    answer = staff.operator.post(where, sent)
    assert answer.status_code == 422 and words in answer.text
    for value in sent["left"][:1]:
        assert f'name="left" min="0" max="100" step="any" value="{value}"' in answer.text
    assert draft_of(case).photos[0].copy_id is None


def test_a_restricted_case_offers_nothing(staff, case):
    change_secrecy(case.row.id, Secrecy.HIDE_IDENTITY, reason="举报", viewer=SYSTEM, now=now())
    page = staff.operator.get(address_of(case)).text
    assert "it has no public version" in page and "/public/release" not in page
    decide(staff, case)
    answer = staff.operator.post(address_of(case, "release"), {"seen": draft_of(case).seen})
    assert answer.status_code == 409


def test_who_may_not_release_is_not_offered_it(staff, new_case):
    case = new_case(unit_id=staff.units[0].id)
    assert "/public" not in staff.handler.get(f"/desk/cases/{case.row.number}").text
    assert staff.handler.get(address_of(case)).status_code == 403


def test_the_reporter_is_told_that_it_is_public(staff, resident_of_case, client):
    case, token = resident_of_case
    assert "/cases/" not in client.get(f"/track/{token}").text.replace('href="/cases"', "")
    decide(staff, case)
    staff.operator.post(address_of(case, "release"), {"seen": draft_of(case).seen})
    assert f'href="/cases/{case.row.number}"' in client.get(f"/track/{token}").text


@pytest.fixture
def resident_of_case(case):
    from yiwang.network.intake.selectors import get_report, token_of

    return case, token_of(get_report(case.report_id, viewer=SYSTEM))

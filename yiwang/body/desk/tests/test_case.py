"""The page of a case: what it shows, what it offers, and what happens when two people act at once."""

from io import BytesIO

import pytest
from django.db import connection
from PIL import Image

from yiwang.foundation.audit.selectors import count_leaves
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.people.types import ContactDetails
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import close_case, reply_case, sign_case
from yiwang.hub.cases.types import CaseState
from yiwang.hub.dispatch.services import dispatch_case

pytestmark = pytest.mark.django_db


def address_of(case, *parts):
    return "/".join([f"/desk/cases/{case.row.number}", *parts])


def state_of(case):
    return get_case(case.row.id, viewer=SYSTEM, now=now()).row.state


def offered(answer):
    return [offer.move for offer in answer.context["actions"]]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_case_shows_text_clock_and_history(staff, new_case, language):
    case = new_case("莲花路12号的路灯不亮了，晚上很黑")
    dispatch_case(case.row.id, now=now())
    staff.operator.cookies["django_language"] = language
    page = staff.operator.get(address_of(case))
    assert "莲花路12号的路灯不亮了" in page.text
    assert page.context["page"].clock and page.context["page"].dispatch
    assert len(page.context["page"].history) >= 2


def test_what_is_unknown_is_called_unknown(staff, new_case):
    page = staff.operator.get(address_of(new_case("有一件事想反映"))).text
    assert "not known" in page
    assert "the default type is used" in page


def test_the_whole_walk_from_dispatch_to_closing(staff, new_case):
    case = new_case()
    page = staff.operator.get(address_of(case))
    assert offered(page) == ["assign", "reclassify"]
    answer = staff.operator.post(address_of(case, "assign"), {"version": case.version, "unit": staff.units[0].code})
    assert answer.status_code == 302
    for move, after in (("sign", "signed"), ("start", "handling"), ("reply", "replied"), ("close", "closed")):
        page = staff.handler.get(address_of(case))
        assert move in offered(page)
        values = {"version": page.context["page"].case.version, "text": "已派人修复，今晚恢复照明。"}
        answer = staff.handler.post(address_of(case, move), values)
        assert answer.status_code == 302, answer.text
        assert state_of(case) == after
    assert "已派人修复" in staff.operator.get(address_of(case)).text


def test_a_unit_is_found_by_a_part_of_its_name_and_several_are_named(staff, new_case):
    case, unit = new_case(), staff.units[0]
    wrong = staff.operator.post(
        address_of(case, "assign"), {"version": case.version, "unit": "没有这个单位", "reason": "急"}
    )
    assert wrong.status_code == 422
    assert "There is no such unit" in wrong.text and 'value="没有这个单位"' in wrong.text and "急" in wrong.text
    values = {"version": case.version, "unit": unit.names["zh-hans"]}
    assert staff.operator.post(address_of(case, "assign"), values).status_code == 302
    assert get_case(case.row.id, viewer=SYSTEM, now=now()).row.unit_id == unit.id


def test_an_empty_reply_is_refused_in_words(staff, new_case):
    case = new_case(unit_id=staff.units[0].id)
    sign_case(case.row.id, viewer=SYSTEM, now=now())
    answer = staff.handler.post(address_of(case, "reply"), {"version": 3, "text": "   "})
    assert answer.status_code == 422
    assert state_of(case) is CaseState.SIGNED


def test_of_two_people_one_wins_and_the_other_is_told_and_keeps_the_text(staff, new_case):
    case = new_case(unit_id=staff.units[0].id)
    sign_case(case.row.id, viewer=SYSTEM, now=now())
    seen = get_case(case.row.id, viewer=SYSTEM, now=now()).version
    first = staff.handler.post(address_of(case, "start"), {"version": seen})
    second = staff.handler.post(address_of(case, "reply"), {"version": seen, "text": "我们明天上午到现场。"})
    assert (first.status_code, second.status_code) == (302, 409)
    assert "Li the handler" in second.text and "Your action was not carried out" in second.text
    assert "我们明天上午到现场。" in second.text
    version = second.context["page"].case.version
    again = staff.handler.post(address_of(case, "reply"), {"version": version, "text": "我们明天上午到现场。"})
    assert again.status_code == 302


def test_text_for_an_action_that_is_gone_is_kept_to_copy(staff, new_case):
    case = new_case(unit_id=staff.units[0].id)
    sign_case(case.row.id, viewer=SYSTEM, now=now())
    reply_case(case.row.id, "同事已答复。", viewer=SYSTEM, now=now())
    close_case(case.row.id, viewer=SYSTEM, now=now())
    answer = staff.handler.post(address_of(case, "reply"), {"version": 3, "text": "我写了很久的答复"})
    assert answer.status_code == 409
    assert "What you typed" in answer.text and "我写了很久的答复" in answer.text


def test_reclassifying_needs_a_reason_and_shows_up_in_the_history(staff, new_case):
    case = new_case()
    matter = staff.operator.get(address_of(case)).context["actions"][1].form.fields["matter_type"].choices[0][0]
    values = {"version": case.version, "matter_type": matter, "category": ""}
    assert staff.operator.post(address_of(case, "reclassify"), values).status_code == 422
    answer = staff.operator.post(address_of(case, "reclassify"), {**values, "reason": "诉求人补充说明"}, follow=True)
    assert answer.status_code == 200
    assert "诉求人补充说明" in answer.text


@pytest.mark.parametrize("move", ["explode", "leave_to_operators"])
def test_an_unknown_action_is_not_found(staff, new_case, move):
    assert staff.operator.post(address_of(new_case(), move), {"version": 1}).status_code == 404


def test_an_action_without_its_permission_is_refused(staff, new_case):
    case = new_case(unit_id=staff.units[0].id)
    answer = staff.handler.post(address_of(case, "reopen"), {"version": case.version, "reason": "想试试"})
    assert answer.status_code == 403


def test_the_contact_is_masked_until_a_reason_is_given_and_the_reading_is_recorded(staff, new_case):
    case = new_case()
    page = staff.operator.get(address_of(case)).text
    assert "138****8000" in page and "13800138000" not in page
    assert staff.operator.post(address_of(case, "contact"), {"version": 1, "reason": ""}).status_code == 422
    before = count_leaves("people.contact_read", viewer=SYSTEM)
    answer = staff.operator.post(address_of(case, "contact"), {"version": 1, "reason": "电话核实地址"})
    assert "13800138000" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert count_leaves("people.contact_read", viewer=SYSTEM) == before + 1


def test_a_hidden_reporter_stays_hidden_from_the_unit(staff, new_case):
    case = new_case(unit_id=staff.units[0].id, hide_identity=True)
    assert "138****8000" not in staff.handler.get(address_of(case)).text
    assert "138****8000" in staff.operator.get(address_of(case)).text
    assert staff.handler.post(address_of(case, "contact"), {"version": 2, "reason": "看看"}).status_code == 403


def test_a_case_without_contact_says_so(staff, new_case):
    assert "No contact was left" in staff.operator.get(address_of(new_case(contact=ContactDetails()))).text


def test_a_photo_is_shown_to_those_who_see_the_case(staff, new_case):
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    case = new_case(unit_id=staff.units[0].id, photos=(NewFile("灯.png", drawn.getvalue()),))
    (photo,) = staff.handler.get(address_of(case)).context["page"].files
    address = address_of(case, "photos", str(photo.id))
    assert staff.handler.get(address).headers["Content-Type"].startswith("image/")
    assert staff.other_handler.get(address).status_code == 404


def test_the_small_map_gets_outlines_of_its_level(staff, new_case):
    answer = staff.operator.get("/desk/areas/district.geojson")
    assert answer.json()["features"]


def case_with_files(new_case, unit_id):
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "JPEG", exif=exif)
    files = (NewFile("灯.jpg", drawn.getvalue()), NewFile("表.csv", "编号,地址\n1,莲花路\n".encode()))
    return new_case(unit_id=unit_id, photos=files), drawn.getvalue()


def test_what_was_sent_never_becomes_a_page_of_ours(staff, new_case):
    case, _ = case_with_files(new_case, staff.units[0].id)
    photo, table = staff.handler.get(address_of(case)).context["page"].files
    for file, is_inline in ((photo, True), (table, False)):
        answer = staff.handler.get(address_of(case, "photos", str(file.id)))
        assert answer.headers["Content-Disposition"].startswith("inline" if is_inline else "attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"


def test_the_original_is_given_for_a_reason_to_those_who_may(staff, new_case):
    case, sent = case_with_files(new_case, staff.units[0].id)
    photo = staff.operator.get(address_of(case)).context["page"].files[0]
    address = address_of(case, "photos", str(photo.id), "original")
    assert staff.handler.post(address, {"version": 1, "reason": "看看"}).status_code == 403
    assert "Get a file as it was sent" not in staff.handler.get(address_of(case)).text
    assert staff.operator.post(address, {"version": 1, "reason": ""}).status_code == 422
    before = count_leaves("files.original_read", viewer=SYSTEM)
    answer = staff.operator.post(address, {"version": 1, "reason": "核对拍摄时间"})
    assert b"".join(answer.streaming_content) == sent
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert count_leaves("files.original_read", viewer=SYSTEM) == before + 1
    assert staff.operator.get(address).status_code == 302


@pytest.mark.parametrize(
    ("state", "word"), [("pending", "being checked"), ("failed", "being checked"), ("infected", "withheld")]
)
def test_a_file_that_is_not_known_to_be_clean_is_not_shown(staff, new_case, state, word):
    case, _ = case_with_files(new_case, staff.units[0].id)
    shown = staff.operator.get(address_of(case)).context["page"].files[0]
    with connection.cursor() as db:
        db.execute("UPDATE files_storedfile SET state = %s", [state])
    page = staff.operator.get(address_of(case)).text
    assert word in page and f"photos/{shown.id}" not in page
    assert staff.operator.get(address_of(case, "photos", str(shown.id))).status_code in (403, 409)
    answer = staff.operator.post(address_of(case, "photos", str(shown.id), "original"), {"version": 1, "reason": "x"})
    assert answer.status_code in (403, 409, 422)

"""Following a report: by link or by number and secret, in plain words, to the resident's own verdict."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from yiwang.body.portal.tests.conftest import PHONE, REPLY, TEXT, Resident, answer_case_of, open_case_of
from yiwang.foundation.files.selectors import list_files
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import EVERYWHERE, SYSTEM, ActorKind, Grant, Place, Viewer
from yiwang.foundation.people.selectors import get_contact, get_contacts
from yiwang.foundation.people.types import PeoplePermission
from yiwang.foundation.places.selectors import list_districts
from yiwang.hub.cases.selectors import get_tracking
from yiwang.hub.cases.types import Tracking
from yiwang.network.intake.selectors import get_report_by_token


def tracking_of(token: str) -> Tracking:
    """How the hub sees the report."""
    return get_tracking(get_report_by_token(token), viewer=SYSTEM, now=now())


def test_number_and_secret_lead_to_the_report_however_they_are_typed(resident: Resident) -> None:
    resident.send()
    number, secret = get_report_by_token(resident.token).receipt, resident.secret
    typed = {"receipt": f" {number.lower()} ", "secret": secret.lower().replace("-", " ")}
    answer = Client().post("/track", typed)
    assert answer.status_code == 303
    assert answer["Location"] == f"/track/{resident.token}"


def test_a_wrong_secret_and_an_unknown_number_get_the_same_answer(resident: Resident) -> None:
    resident.send()
    number = get_report_by_token(resident.token).receipt
    wrong = [{"receipt": number, "secret": "AAAA"}, {"receipt": "R000000-0000000", "secret": resident.secret}]
    answers = [Client().post("/track", typed) for typed in wrong]
    assert [answer.status_code for answer in answers] == [422, 422]
    first, second = (answer.context["form"].errors for answer in answers)
    assert first == second


def test_a_damaged_link_opens_nothing(resident: Resident) -> None:
    resident.send()
    damaged = resident.token[:-2] + ("AA" if resident.token[-2:] != "AA" else "BB")
    assert [Client().get(f"/track/{token}").status_code for token in (damaged, "x", "x" * 500)] == [404, 404, 404]


def test_the_page_tells_what_has_happened_and_by_when_there_is_an_answer(resident: Resident) -> None:
    resident.send()
    assert TEXT in resident.see("track")
    open_case_of(resident.token)
    html = resident.see("track")
    assert "工作日" in html
    assert "诉求类型尚未确定" in html
    answer_case_of(resident.token)
    html = resident.see("track")
    assert REPLY in html
    assert 'name="verdict"' in html


def test_a_known_matter_type_is_not_called_unknown(resident: Resident) -> None:
    resident.send(matter_type="complaint")
    open_case_of(resident.token)
    assert "诉求类型尚未确定" not in resident.see("track")


def test_solved_is_said_with_one_click(resident: Resident) -> None:
    resident.send()
    answer_case_of(resident.token)
    answer = resident.browser.post(f"/track/{resident.token}", {"verdict": "solved"})
    assert answer.status_code == 303
    assert tracking_of(resident.token).verdict == "solved"
    assert "您说过已经解决" in resident.see("track")


def test_not_solved_needs_a_word_why_and_takes_the_matter_up_again(resident: Resident) -> None:
    resident.send()
    answer_case_of(resident.token)
    address = f"/track/{resident.token}"
    mute = resident.browser.post(address, {"verdict": "unsolved", "comment": " "})
    assert mute.status_code == 422
    assert mute.context["form"].errors.keys() == {"comment"}
    resident.browser.post(address, {"verdict": "unsolved", "comment": "晚上还是不亮。"})
    assert tracking_of(resident.token).stage == "reopened"
    html = resident.see("track")
    assert html.count("晚上还是不亮。") == 1
    assert "此前的答复" in html


def test_a_verdict_that_comes_too_late_is_explained(resident: Resident) -> None:
    resident.send()
    answer_case_of(resident.token)
    for _click in range(2):
        answer = resident.browser.post(
            f"/track/{resident.token}", {"verdict": "unsolved", "comment": "晚上还是不亮。"}, follow=True
        )
    assert answer.status_code == 200
    assert "刚刚有了新进展" in answer.text


def test_an_unchanged_page_is_not_sent_again(resident: Resident) -> None:
    resident.send()
    address = f"/track/{resident.token}"
    etag = resident.browser.get(address)["ETag"]
    assert resident.browser.get(address, headers={"If-None-Match": etag}).status_code == 304
    open_case_of(resident.token)
    assert resident.browser.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_a_missed_promise_is_admitted(resident: Resident, time_machine: Any) -> None:
    resident.send()
    open_case_of(resident.token)
    assert "已超过承诺日期" not in resident.see("track")
    time_machine.move_to(now() + timedelta(days=90))
    assert "已超过承诺日期" in resident.see("track")


def test_photos_are_served_through_the_link_of_their_own_report_only(
    resident: Resident, photo: SimpleUploadedFile
) -> None:
    resident.send(photos=[photo])
    own, file_id = resident.token, list_files("report", get_report_by_token(resident.token).id)[0].id
    answer = resident.browser.get(f"/track/{own}/photos/{file_id}")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer.getvalue().startswith(b"\xff\xd8")
    resident.send(text="另一件事。")
    assert resident.browser.get(f"/track/{resident.token}/photos/{file_id}").status_code == 404


def test_a_file_is_no_page_of_ours_and_its_state_is_told(resident: Resident, photo: SimpleUploadedFile) -> None:
    resident.send(photos=[photo])
    address = f"/track/{resident.token}"
    file_id = list_files("report", get_report_by_token(resident.token).id)[0].id
    assert "sandbox" in resident.browser.get(f"{address}/photos/{file_id}")["Content-Security-Policy"]
    etag = resident.browser.get(address)["ETag"]
    for state, words in (("pending", "正在检查"), ("infected", "已隔离"), ("clean", "照片 1")):
        with connection.cursor() as db:
            db.execute("UPDATE files_storedfile SET state = %s", [state])
        answer = resident.browser.get(address, headers={"If-None-Match": etag})
        assert words in answer.text
        assert (str(file_id) in answer.text) == (state == "clean")
        etag = answer["ETag"]


@pytest.mark.parametrize("page", ["track", "receipt"])
def test_links_are_kept_out_of_referers_and_search_engines(resident: Resident, page: str) -> None:
    resident.send()
    answer = resident.browser.get(f"/{page}/{resident.token}")
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["X-Robots-Tag"] == "noindex"


def test_the_place_is_named_by_its_areas_and_the_address(resident: Resident) -> None:
    district = list_districts(on=now().date())[0]
    resident.send(area=district.code)
    assert f"{district.names['zh-hans']} · 莲花路12号" in resident.see("track")


GRANT = Grant(frozenset({PeoplePermission.VIEW_CONTACT}), EVERYWHERE)


def test_the_page_says_who_has_read_the_contact_when_and_why(resident: Resident) -> None:
    resident.send(name="王五", phone=PHONE)
    assert "还没有人查看过" in resident.see("track")
    contact_id = get_report_by_token(resident.token).contact_id
    assert contact_id
    reader = Viewer(kind=ActorKind.USER, actor_id=uuid4(), grants=(GRANT,))
    get_contact(contact_id, at=Place(), viewer=reader, now=now(), reason="核实漏水地点")
    get_contacts({contact_id: "message case_opened"}, viewer=SYSTEM, now=now())
    html = resident.see("track")
    assert "核实漏水地点" in html and "工作人员" in html and "为了给您发送消息" in html
    assert PHONE not in html


def test_the_page_on_data_says_how_long_each_sort_is_kept(resident: Resident) -> None:
    html = resident.browser.get("/privacy").text
    assert "诉求人联系方式" in html and "1095 天" in html and "个人信息保护法" in html

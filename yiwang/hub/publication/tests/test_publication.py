"""What the public sees is what a person released: masked words, photos with boxes burnt in, and nothing that became
secret."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from tests import samples
from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.files.selectors import compare_store, list_files
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Forbidden, NotFound
from yiwang.foundation.kernel.paging import CursorInvalid
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, ActorKind, Grant, Scope, Secrecy, Viewer
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.privacy.errors import TextsChanged
from yiwang.foundation.privacy.types import Choice, Decision
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import assign_case, change_secrecy, open_case, reply_case, sign_case
from yiwang.hub.cases.types import Basis
from yiwang.hub.publication import errors, selectors, services
from yiwang.hub.publication.types import Box
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

pytestmark = pytest.mark.django_db
TEXT = "我叫王小明，莲花路12号的路灯不亮，请回电13800138000"


@pytest.fixture
def number(city):
    """A case with two photos."""
    photos = tuple(NewFile(f"王小明{n}.jpg", samples.photo()) for n in range(2))
    receipt = receive_report(NewReport(TEXT, photos=photos), viewer=ANONYMOUS, now=now())
    return get_case(open_case(receipt.report_id, now=now()), viewer=SYSTEM, now=now()).row.number


def reply(number, text):
    case_id = draft_of(number).case.row.id
    assign_case(case_id, list_units(on=now().date())[0].id, basis=Basis("person"), viewer=SYSTEM, now=now())
    sign_case(case_id, viewer=SYSTEM, now=now())
    reply_case(case_id, text, viewer=SYSTEM, now=now())


def draft_of(number):
    return selectors.get_draft(number, viewer=SYSTEM, now=now())


def decide_all(number, decision=Decision.ACCEPTED):
    draft = draft_of(number)
    choices = {finding.key: Choice(decision, "本人同意") for finding in draft.findings}
    services.decide_findings(number, choices, [], seen=draft.seen, viewer=SYSTEM, now=now())


def release(number):
    decide_all(number)
    services.release_case(number, seen=draft_of(number).seen, viewer=SYSTEM, now=now())


def redact(number, file_id, *boxes, **others):
    values = {"is_harmless": False, "viewer": SYSTEM, "now": now(), **others}
    services.redact_photo(number, file_id, boxes, **values)


def actions(number):
    return [leaf.action for leaf in list_leaves(draft_of(number).case.row.id, viewer=SYSTEM)]


def test_nothing_is_public_before_a_person_says_so(number):
    assert selectors.list_public_cases().rows == []
    with pytest.raises(errors.PublicCaseNotFound):
        selectors.get_public_case(number)
    with pytest.raises(errors.FindingsUndecided) as refused:
        services.release_case(number, seen=draft_of(number).seen, viewer=SYSTEM, now=now())
    assert "2" in refused.value.message


def test_what_is_released_is_masked_and_stays_as_it_was_released(number):
    release(number)
    shown = selectors.get_public_case(number)
    assert shown.text == "我叫***，莲花路12号的路灯不亮，请回电***"
    assert shown.title == shown.text and selectors.is_public(number)
    assert selectors.list_public_cases().rows[0].number == number
    reply(number, "已联系13900139000，修好了")
    assert selectors.get_public_case(number).reply == ""
    draft = draft_of(number)
    assert draft.release.is_outdated and draft.open_count == 1
    release(number)
    assert selectors.get_public_case(number).reply == "已联系***，修好了"
    assert not draft_of(number).release.is_outdated
    assert actions(number).count("publication.released") == 2


def test_what_was_looked_at_must_be_what_is_released(number):
    decide_all(number)
    seen = draft_of(number).seen
    reply(number, "已修好")
    with pytest.raises(TextsChanged):
        services.release_case(number, seen=seen, viewer=SYSTEM, now=now())


def test_a_title_of_its_own_is_looked_at_and_a_derived_one_is_not(number):
    assert list(draft_of(number).texts) == ["text"]
    new = NewReport(TEXT, title="路灯不亮，联系人：王小明")
    report_id = receive_report(new, viewer=ANONYMOUS, now=now()).report_id
    titled = get_case(open_case(report_id, now=now()), viewer=SYSTEM, now=now()).row.number
    draft = draft_of(titled)
    assert list(draft.texts) == ["title", "text"] and draft.findings[0].part == "title"
    release(titled)
    assert selectors.get_public_case(titled).title == "路灯不亮，联系人：***"


def test_withdrawn_is_gone_at_once_and_can_be_released_again(number):
    release(number)
    with pytest.raises(errors.WithdrawalReasonMissing):
        services.withdraw_case(number, reason=" ", viewer=SYSTEM, now=now())
    services.withdraw_case(number, reason="当事人要求", viewer=SYSTEM, now=now())
    assert not selectors.is_public(number) and selectors.list_public_cases().rows == []
    with pytest.raises(errors.NotReleased):
        services.withdraw_case(number, reason="再次", viewer=SYSTEM, now=now())
    release(number)
    assert selectors.is_public(number)


@pytest.mark.parametrize("secrecy", [Secrecy.HIDE_IDENTITY, Secrecy.CONFIDENTIAL])
def test_what_becomes_secret_disappears_and_cannot_be_released(number, secrecy):
    release(number)
    case = draft_of(number).case
    redact(number, draft_of(number).photos[0].photo.id, Box(0, 0, 10, 10))
    photo_id = selectors.get_public_case(number).photo_ids[0]
    change_secrecy(case.row.id, secrecy, reason="举报", viewer=SYSTEM, now=now())
    for read in (selectors.get_public_case, lambda n: selectors.open_public_photo(n, photo_id)):
        with pytest.raises(NotFound):
            read(number)
    assert selectors.list_public_cases().rows == []
    with pytest.raises(errors.CaseSecret):
        services.release_case(number, seen=draft_of(number).seen, viewer=SYSTEM, now=now())
    with pytest.raises(errors.CaseSecret):
        redact(number, draft_of(number).photos[1].photo.id, Box(0, 0, 10, 10))


def test_boxes_are_burnt_into_the_copy_and_the_photo_stays(number):
    release(number)
    photo = draft_of(number).photos[0].photo
    assert selectors.get_public_case(number).photo_ids == ()
    redact(number, photo.id, Box(25, 25, 50, 50))
    row, content = selectors.open_public_photo(number, selectors.get_public_case(number).photo_ids[0])
    copy = Image.open(BytesIO(content.read())).convert("L")
    middle = copy.crop((copy.width * 3 // 10, copy.height * 3 // 10, copy.width * 7 // 10, copy.height * 7 // 10))
    assert middle.getextrema()[1] < 12, "nothing of the photo may shimmer through"
    assert copy.getpixel((2, 2)) > 12
    assert row.name == "photo.jpg" and not copy.getexif()
    assert draft_of(number).photos[0].photo.sha256 == photo.sha256 != row.sha256


def test_redacting_again_replaces_the_copy_and_its_content_is_gone(number, django_capture_on_commit_callbacks):
    release(number)
    photo, made = draft_of(number).photos[0].photo, []
    for box in (Box(0, 0, 20, 23), Box(0, 0, 90, 91)):
        with django_capture_on_commit_callbacks(execute=True):
            redact(number, photo.id, box)
        assert draft_of(number).photos[0].boxes == (box,)
        (copy,) = list_files("public_photo", draft_of(number).photos[0].copy_id)
        made.append(copy.sha256)
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw_photo(number, photo.id, viewer=SYSTEM, now=now())
    assert draft_of(number).photos[0].copy_id is None and selectors.get_public_case(number).photo_ids == ()
    left = " ".join(compare_store().orphans)
    assert not any(digest in left for digest in made), "no content may be left behind"
    with pytest.raises(NotFound):
        services.withdraw_photo(number, photo.id, viewer=SYSTEM, now=now())


@pytest.mark.parametrize(
    "box", [Box(-1, 0, 5, 5), Box(0, 0, 0, 5), Box(60, 0, 50, 5), Box(0, 99, 5, 5), Box(0, 0, float("nan"), 5)]
)
def test_a_box_outside_the_photo_is_refused(number, box):
    with pytest.raises(errors.BoxInvalid):
        redact(number, draft_of(number).photos[0].photo.id, box)


def test_without_a_box_somebody_must_say_that_none_is_needed(number):
    photo = draft_of(number).photos[0].photo
    with pytest.raises(errors.NothingCovered):
        redact(number, photo.id)
    redact(number, photo.id, is_harmless=True)
    assert draft_of(number).photos[0].copy_id


def test_a_photo_of_another_case_is_not_found(number, city):
    other = receive_report(NewReport("别的", photos=(NewFile("a.jpg", samples.photo()),)), viewer=ANONYMOUS, now=now())
    stranger = list_files("report", other.report_id)[0]
    with pytest.raises(NotFound):
        redact(number, stranger.id, Box(0, 0, 5, 5))


def test_only_who_may_release_there_sees_drafts_and_acts(number):
    scope, seen = Scope(), draft_of(number).seen
    for permissions in ({"cases.view"}, {"publication.release"}):
        viewer = Viewer(ActorKind.USER, grants=(Grant(frozenset(permissions), scope),))
        for act in (
            lambda v: selectors.get_draft(number, viewer=v, now=now()),
            lambda v: services.release_case(number, seen=seen, viewer=v, now=now()),
            lambda v: services.withdraw_case(number, reason="x", viewer=v, now=now()),
        ):
            with pytest.raises(Forbidden):
                act(viewer)


def test_the_list_is_paged_by_what_was_released_last(city):
    numbers = []
    for text in ("一号路灯坏了", "二号路灯坏了", "三号路灯坏了"):
        report_id = receive_report(NewReport(text), viewer=ANONYMOUS, now=now()).report_id
        numbers.append(get_case(open_case(report_id, now=now()), viewer=SYSTEM, now=now()).row.number)
        release(numbers[-1])
    first = selectors.list_public_cases(size=2)
    second = selectors.list_public_cases(size=2, cursor=first.next_cursor)
    assert [row.number for row in (*first.rows, *second.rows)] == numbers[::-1]
    assert second.next_cursor is None
    for damaged in ("x", first.next_cursor[:-4], "WyJ4IiwieSJd"):
        with pytest.raises(CursorInvalid):
            selectors.list_public_cases(cursor=damaged)


def test_public_versions_end_with_the_words_of_their_case(number, django_capture_on_commit_callbacks):
    release(number)
    redact(number, draft_of(number).photos[0].photo.id, Box(0, 0, 5, 5))
    moment, copy_id = now(), draft_of(number).photos[0].copy_id
    assert services.erase_public_before(moment - timedelta(days=1), 10) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert (services.erase_public_before(moment, 10), services.erase_public_before(moment, 10)) == (1, 0)
    assert not selectors.is_public(number) and draft_of(number).release is None
    assert not list_files("public_photo", copy_id)

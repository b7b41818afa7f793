"""Reads: the draft, for staff who see the case; the public projection, for everybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yiwang.foundation.files.selectors import list_files, open_file
from yiwang.foundation.files.types import FileRow
from yiwang.foundation.kernel.paging import CursorInvalid, Page, cut, decode_cursor, encode_cursor
from yiwang.foundation.kernel.viewer import Secrecy, Viewer
from yiwang.foundation.privacy.selectors import mask_texts, review_texts, seen_of
from yiwang.hub.cases.errors import CaseNotFound
from yiwang.hub.cases.selectors import find_case_id_by_number, get_case
from yiwang.hub.cases.types import CaseDetail, CaseState
from yiwang.hub.publication.errors import PublicCaseNotFound
from yiwang.hub.publication.models import PublicCase, PublicPhoto
from yiwang.hub.publication.types import Box, Draft, DraftPhoto, PublicationPermission, PublicCaseRow, Release

# What decisions about findings and the files of redacted copies belong to.
CASE, PHOTO = "case", "public_photo"
TITLE_LENGTH, SHORT_TITLE = 200, 40
PAGE_SIZE = 20


def get_draft(number: str, *, viewer: Viewer, now: datetime) -> Draft:
    """What a visible case would show the public. Needs ``publication.release`` where it belongs.

    Raises NotPermitted and CaseNotFound.
    """
    case_id = find_case_id_by_number(number, viewer=viewer)
    if case_id is None:
        raise CaseNotFound
    case = get_case(case_id, viewer=viewer, now=now, with_events=False)
    viewer.require(PublicationPermission.RELEASE, at=case.place)
    texts = _texts_of(case)
    findings = review_texts(CASE, case.row.id, texts)
    preview = mask_texts(texts, findings)
    return Draft(
        case=case,
        texts=texts,
        seen=seen_of(texts),
        findings=findings,
        preview=preview,
        photos=_draft_photos(case),
        release=_release(case, preview),
        is_secret=case.place.secrecy is not Secrecy.NONE,
    )


def open_redacted(draft: Draft, file_id: UUID) -> tuple[FileRow, IO[bytes]]:
    """The redacted copy of one photo of a draft the viewer has got, public or not. Raises what ``open_file`` raises."""
    copy_ids = {photo.photo.id: photo.copy_id for photo in draft.photos}
    return _open_copy(copy_ids.get(file_id))


def list_public_cases(*, cursor: str | None = None, size: int = PAGE_SIZE) -> Page[PublicCaseRow]:
    """A page of what is public, by keyset, the latest release first. Raises CursorInvalid."""
    found = _public().order_by("-released_at", "-id")
    if cursor:
        found = found.filter(_older_than(cursor))
    rows = [_row(values) for values in found.values(*FIELDS)[: size + 1]]
    page, onward = cut(rows, size, lambda row: encode_cursor(row.released_at.isoformat(), str(row.id)))
    return Page(page, next_cursor=onward)


def get_public_case(number: str) -> PublicCaseRow:
    """One public case by its number. Raises PublicCaseNotFound, also for what was withdrawn or became secret."""
    values = _public().filter(case__number=number).values("case_id", *FIELDS).first()
    if values is None:
        raise PublicCaseNotFound
    case_id = values.pop("case_id")
    photos = PublicPhoto.objects.filter(case_id=case_id).order_by("id").values_list("id", flat=True)
    return _row(values, tuple(photo for photo in photos if list_files(PHOTO, photo)))


def is_public(number: str) -> bool:
    """Whether everybody can see the case with this number."""
    return _public().filter(case__number=number).exists()


def open_public_photo(number: str, photo_id: UUID) -> tuple[FileRow, IO[bytes]]:
    """A redacted photo of a public case. Raises PublicCaseNotFound and what ``open_file`` raises."""
    if photo_id not in get_public_case(number).photo_ids:
        raise PublicCaseNotFound
    return _open_copy(photo_id)


FIELDS = (
    "id",
    "title",
    "text",
    "reply",
    "released_at",
    "case__number",
    "case__state",
    "case__category_id",
    "case__area_id",
    "case__received_at",
)


def _public() -> QuerySet[PublicCase]:
    """Every public read starts here: what became secret is gone with the change, not with the next release."""
    return PublicCase.objects.filter(withdrawn_at=None, case__secrecy=Secrecy.NONE)


def _older_than(cursor: str) -> Q:
    try:
        moment, row_id = decode_cursor(cursor, 2)
        at, last = datetime.fromisoformat(str(moment)), UUID(str(row_id))
    except ValueError:
        raise CursorInvalid from None
    return Q(released_at__lt=at) | Q(released_at=at, id__lt=last)


def _row(values: Mapping[str, Any], photo_ids: tuple[UUID, ...] = ()) -> PublicCaseRow:
    plain = {name.removeprefix("case__"): value for name, value in values.items()}
    return PublicCaseRow(**{**plain, "state": CaseState(plain["state"]), "photo_ids": photo_ids})


def _texts_of(case: CaseDetail) -> Mapping[str, str]:
    """The parts the public would read; a title that is only the beginning of the text says nothing of its own."""
    texts = {"title": case.row.title, "text": case.text, "reply": case.reply}
    beginning = " ".join(case.text.split())
    if beginning.startswith(case.row.title.rstrip("…")):
        del texts["title"]
    return {part: text for part, text in texts.items() if text.strip()}


def title_of(preview: Mapping[str, str]) -> str:
    """What heads the public version: its title, or the beginning of its words."""
    words = " ".join((preview.get("title") or preview.get("text") or preview.get("reply", "")).split())
    length = TITLE_LENGTH if "title" in preview else SHORT_TITLE
    return words if len(words) <= length else f"{words[: length - 1]}…"


def _draft_photos(case: CaseDetail) -> Sequence[DraftPhoto]:
    photos = [file for file in list_files("report", case.report_id) if file.is_photo] if case.report_id else []
    copies = {copy.file_id: copy for copy in PublicPhoto.objects.filter(case_id=case.row.id)}
    return [
        DraftPhoto(
            photo=photo,
            copy_id=copies[photo.id].id if photo.id in copies else None,
            boxes=tuple(Box(*box) for box in copies[photo.id].boxes) if photo.id in copies else (),
        )
        for photo in photos
    ]


def _release(case: CaseDetail, preview: Mapping[str, str]) -> Release | None:
    kept = PublicCase.objects.filter(case_id=case.row.id).first()
    if kept is None:
        return None
    shown = (title_of(preview), preview.get("text", ""), preview.get("reply", ""))
    return Release(
        released_at=kept.released_at,
        released_by=kept.released_by,
        withdrawn_at=kept.withdrawn_at,
        withdrawal=kept.withdrawal,
        is_outdated=(kept.title, kept.text, kept.reply) != shown,
    )


def _open_copy(copy_id: UUID | None) -> tuple[FileRow, IO[bytes]]:
    files = list_files(PHOTO, copy_id) if copy_id else []
    if copy_id is None or not files:
        raise PublicCaseNotFound
    return open_file(files[0].id, subject_kind=PHOTO, subject_id=copy_id)

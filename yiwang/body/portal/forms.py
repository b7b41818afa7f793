"""What residents can type. Shape only: whether a report is acceptable is intake's decision."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.codes.selectors import list_codes
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.files.errors import FileTooLarge
from yiwang.foundation.files.selectors import accepted_types, limit_mb_of
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.kernel.errors import Invalid, YiwangError
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.selectors import list_areas, list_districts
from yiwang.foundation.places.types import Datum, Point
from yiwang.hub.cases.types import Verdict
from yiwang.network.intake.errors import TooManyPhotos
from yiwang.network.intake.services import LONGEST_ADDRESS, LONGEST_TEXT
from yiwang.network.intake.types import NewReport

MB = 1024 * 1024
HEAD_BYTES = 16

Choices = Sequence[tuple[str, Any]]


def sentence(error: YiwangError) -> str:
    """An error as one text for a form: what is wrong and what to do."""
    return f"{error.message} {error.what_to_do}".strip()


class FilesInput(forms.FileInput):
    """A control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files as ``NewFile`` values. Too many or too large ones are refused before they are read into memory."""

    widget = FilesInput(attrs={"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> tuple[NewFile, ...]:
        """Raises ValidationError for too many files and for too large or empty ones."""
        uploads: list[UploadedFile] = [super(FilesField, self).clean(upload) for upload in data or ()]
        settings = get_settings()
        if len(uploads) > settings.upload_count:
            raise forms.ValidationError(sentence(TooManyPhotos(count=len(uploads), limit=settings.upload_count)))
        for upload in uploads:
            size_mb, limit_mb = (upload.size or 0) / MB, limit_mb_of(upload.read(HEAD_BYTES))
            upload.seek(0)
            if size_mb > limit_mb:
                raise forms.ValidationError(sentence(FileTooLarge(size_mb=round(size_mb, 1), limit_mb=limit_mb)))
        return tuple(NewFile(upload.name or "", upload.read()) for upload in uploads)


class ReportForm(forms.Form):
    """A report. Only ``text`` is needed; ``key`` makes a second click of the same form the same report."""

    # Intake's names of what it refused → the field a resident can correct.
    REFUSED = {"contact.phone": "phone", "contact.email": "email", "address": "address", "text": "text"}

    key = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What is it about?"),
        help_text=_("For example: The streetlight at 12 Lotus Road has been dark since Monday."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Please say in a few words what it is about.")},
    )
    address = forms.CharField(
        label=_("Address or description of the place"),
        help_text=_("Street and number, or something nearby that everybody knows."),
        max_length=LONGEST_ADDRESS,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    area = forms.ChoiceField(label=_("District or street"), required=False)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    photos = FilesField(label=_("Photos and files"), required=False)
    name = forms.CharField(
        label=_("Name"), max_length=100, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("With it you can find your receipt again if you lose it."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email"}),
    )
    hide_identity = forms.BooleanField(label=_("Do not tell the responsible unit who I am"), required=False)
    matter_type = forms.ChoiceField(label=_("What kind of matter is it?"), required=False)

    def __init__(self, *arguments: Any, today: date, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["photos"].widget.attrs["accept"] = ",".join(accepted_types())
        self.fields["area"].choices = area_choices(today)  # type: ignore[attr-defined]
        self.fields["matter_type"].choices = matter_type_choices(today)  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        """Browsers send line ends as two characters; the counter on the page counts one."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def to_report(self) -> NewReport:
        """The report of a valid form, in the reader's language."""
        data = self.cleaned_data
        has_point = data["lon"] is not None and data["lat"] is not None
        return NewReport(
            text=data["text"],
            point=Point(data["lon"], data["lat"], Datum.WGS84) if has_point else None,
            address=data["address"],
            area=data["area"] or None,
            contact=ContactDetails(name=data["name"], phone=data["phone"], email=data["email"]),
            matter_type=data["matter_type"] or None,
            hide_identity=data["hide_identity"],
            language=get_language() or "zh-hans",
            photos=data["photos"],
            idempotency_key=data["key"] or None,
        )

    def renew_key(self, key: str) -> None:
        """Makes the bound form a new one, with everything typed still in it."""
        data = cast(QueryDict, self.data).copy()
        data["key"] = key
        self.data = data

    def refuse(self, error: Invalid, field: str | None = None) -> None:
        """Shows what intake refused at the field it is about; ``field`` says where, if the error itself does not."""
        for name, text in error.errors or (("", sentence(error)),):
            self.add_error(self.REFUSED.get(name, field), text)


class TrackForm(forms.Form):
    """Receipt number and secret."""

    receipt = forms.CharField(
        label=_("Receipt number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    secret = forms.CharField(
        label=_("Secret"),
        help_text=_("24 letters and digits; capitals and hyphens do not matter."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class PhoneForm(forms.Form):
    """The phone number a report was made with."""

    phone = forms.RegexField(
        label=_("Phone"),
        regex=r"^[+0-9 ()-]{5,30}$",
        help_text=_("The number you gave with your report."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"invalid": _("Please enter a phone number: digits, spaces, +, - and brackets only.")},
    )


class CodeForm(forms.Form):
    """The one-time code that came by phone."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("Six digits, sent to your phone."),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class VerdictForm(forms.Form):
    """Did this solve it?"""

    verdict = forms.ChoiceField(
        label=_("Did this solve it?"),
        choices=[(Verdict.SOLVED, _("Yes, it is solved")), (Verdict.UNSOLVED, _("No, it is not solved"))],
        widget=forms.RadioSelect,
    )
    comment = forms.CharField(
        label=_("If not: what is still wrong?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """A “no” without a word why would help nobody."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("verdict") == Verdict.UNSOLVED and not data.get("comment", "").strip():
            self.add_error("comment", _("Please say in a few words what is still wrong."))
        return data


def area_choices(today: date) -> Choices:
    """Districts, each with its streets, for a select that works without a map."""
    language = get_language() or ""
    groups = []
    for district in list_districts(on=today):
        name = pick(district.names, language)
        whole = (district.code, _("%(district)s, street not known") % {"district": name})
        streets = [(area.code, pick(area.names, language)) for area in list_areas(parent_id=district.id, on=today)]
        groups.append((name, [whole, *streets]))
    return [("", _("I do not know which")), *groups]


def matter_type_choices(today: date) -> Choices:
    """The city's matter types; who does not know leaves it to the operators."""
    language = get_language() or ""
    codes = list_codes(CodeKind.MATTER_TYPE, on=today)
    return [("", _("I do not know; please decide for me")), *((c.code, pick(c.names, language)) for c in codes)]

"""What staff fill in. Choices come from the city's data as it is today, in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from yiwang.body.components.forms import Prepared, Select
from yiwang.body.desk.selectors.choices import (
    area_choices,
    area_codes,
    category_choices,
    code_choices,
    find_named_units,
    own_category_choices,
    source_choices,
    unit_choices,
    unit_suggestions,
)
from yiwang.body.desk.selectors.trail import find_subjects
from yiwang.body.desk.selectors.wording import listed, unit_name
from yiwang.foundation.audit.types import LeafFilter, list_actions
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.identity.selectors import find_user_id
from yiwang.foundation.identity.types import ScopeChoice
from yiwang.foundation.kernel.permissions import all_permissions
from yiwang.foundation.kernel.viewer import Secrecy, Viewer
from yiwang.foundation.orgs.types import UnitRow
from yiwang.foundation.packs.selectors import get_city
from yiwang.hub.cases.types import CaseDetail, CaseFilter, CaseOrder, CaseState, secrecy_label, state_label

# A calendar beyond these is a typing error, and its neighbours would overflow.
DATE_LIMITS = (MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31)))
REASON_LENGTH = 500
REPLY_LENGTH = 4000


class LoginForm(forms.Form):
    """Name and password, and the page that was asked for."""

    username = forms.CharField(
        label=_("User name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


def _state_choices() -> list[tuple[str, Any]]:
    return [(state.value, state_label(state.value)) for state in CaseState]


def _date_field(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, validators=DATE_LIMITS, widget=widget)


class QueueFilterForm(forms.Form):
    """The filters of the queue. A wrong value is told and narrows nothing; the others still count."""

    state = forms.MultipleChoiceField(
        label=_("State"), required=False, widget=forms.CheckboxSelectMultiple, choices=_state_choices
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)
    area = forms.TypedChoiceField(label=_("Area"), widget=Select, required=False, coerce=UUID, empty_value=None)
    unit = forms.TypedChoiceField(label=_("Unit"), widget=Select, required=False, coerce=UUID, empty_value=None)
    category = forms.TypedChoiceField(label=_("Category"), widget=Select, required=False, coerce=UUID, empty_value=None)
    matter = forms.TypedChoiceField(label=_("Matter type"), widget=Select, required=False, empty_value=None)
    channel = forms.TypedChoiceField(label=_("Channel"), widget=Select, required=False, empty_value=None)
    source = forms.TypedChoiceField(label=_("Source"), widget=Select, required=False, empty_value=None)
    received_from = _date_field(_("Received from"))
    received_to = _date_field(_("Received until"))
    order = forms.TypedChoiceField(
        label=_("Order"),
        widget=Select,
        required=False,
        coerce=CaseOrder,
        empty_value=CaseOrder.NEWEST,
        choices=[("", _("Newest first")), (CaseOrder.DUE.value, _("Soonest due first"))],
    )
    q = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    RARE = ("matter", "channel", "source", "received_from", "received_to")

    def __init__(self, data: Any, *, viewer: Viewer, now: datetime) -> None:
        super().__init__(data, auto_id="filter_%s")
        today = now.astimezone(get_city().time_zone).date()
        choices: Mapping[str, Sequence[Any]] = {
            "area": area_choices(on=today),
            "unit": unit_choices(on=today, viewer=viewer),
            "category": category_choices(on=today),
            "matter": code_choices(CodeKind.MATTER_TYPE, on=today),
            "channel": code_choices(CodeKind.CHANNEL, on=today),
            "source": source_choices(viewer=viewer),
        }
        for name, found in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what the class body says
            field.choices = Prepared([("", _("All")), *found])
        if len(choices["unit"]) < 2:
            del self.fields["unit"]
        self.is_valid()

    @property
    def uses_rare(self) -> bool:
        """Whether a field of the folded part is in use."""
        return any(self.data.get(name) for name in self.RARE)

    @property
    def rare_fields(self) -> list[forms.BoundField]:
        """The folded part."""
        return [self[name] for name in self.RARE]

    def wanted(self) -> CaseFilter:
        """The filter that the valid values make."""
        values = self.cleaned_data
        return CaseFilter(
            states=tuple(CaseState(state) for state in values.get("state", ())),
            unit_id=values.get("unit"),
            area_id=values.get("area"),
            category_id=values.get("category"),
            matter_type=values.get("matter"),
            channel=values.get("channel"),
            source=values.get("source"),
            is_overdue=values.get("overdue", False),
            received_from=_midnight(values.get("received_from")),
            received_before=_midnight(values.get("received_to"), plus_days=1),
            text=values.get("q", ""),
            order=values.get("order") or CaseOrder.NEWEST,
        )


class ActionForm(forms.Form):
    """Any action on a case carries the version its actor has seen."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, case: CaseDetail, now: datetime, auto_id: str = "id_%s") -> None:
        super().__init__(data, auto_id=auto_id, initial={"version": case.version})
        self.case = case
        self.today = now.astimezone(get_city().time_zone).date()


class AssignForm(ActionForm):
    """To which unit, and perhaps why."""

    unit = forms.CharField(
        label=_("Unit"),
        max_length=200,
        help_text=_("Type a part of its name and choose."),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_unit(self) -> UnitRow:
        """The one unit that is meant; several or none is an error that names what was found."""
        found = find_named_units(self.cleaned_data["unit"], on=self.today)
        if not found:
            raise forms.ValidationError(_("There is no such unit. Choose one from the list."))
        if len(found) > 1:
            names = {"names": listed(unit_name(unit.id) for unit in found[:5])}
            raise forms.ValidationError(_("Several units match: %(names)s. Type more of the name."), params=names)
        return found[0]


class ReplyForm(ActionForm):
    """The answer to the resident."""

    text = forms.CharField(
        label=_("Reply to the resident"),
        max_length=REPLY_LENGTH,
        help_text=_("What was found, what was done, and what comes next. The resident reads exactly this."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class ReasonForm(ActionForm):
    """An action that must say why."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class ReclassifyForm(ReasonForm):
    """Another category or matter type."""

    category = forms.TypedChoiceField(label=_("Category"), widget=Select, required=False, coerce=UUID, empty_value=None)
    matter_type = forms.ChoiceField(label=_("Matter type"), widget=Select)
    field_order = ("version", "category", "matter_type", "reason")

    def __init__(self, data: Any = None, *, case: CaseDetail, now: datetime, auto_id: str = "id_%s") -> None:
        super().__init__(data, case=case, now=now, auto_id=auto_id)
        category, matter_type = self.fields["category"], self.fields["matter_type"]
        assert isinstance(category, forms.ChoiceField)  # noqa: S101 - tells mypy what the class body says
        assert isinstance(matter_type, forms.ChoiceField)  # noqa: S101
        category.choices = [("", _("Not known")), *own_category_choices(case.row.category_id, on=self.today)]
        matter_type.choices = code_choices(CodeKind.MATTER_TYPE, on=self.today)
        self.initial = {**self.initial, "category": case.row.category_id, "matter_type": case.row.matter_type}


class JoinForm(forms.Form):
    """The first password, twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        help_text=_("At least 10 characters; a short sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """The second must equal the first."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError(_("The two passwords differ."))
        return again


class ScopeForm(forms.Form):
    """Where a role or a key holds; left empty, in the whole city."""

    unit = forms.ChoiceField(label=_("Below the unit"), widget=Select, required=False)
    area = forms.ChoiceField(label=_("In the area"), widget=Select, required=False)
    secrecy = forms.TypedMultipleChoiceField(
        label=_("Cleared for"), required=False, coerce=Secrecy, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, on: date, **arguments: Any) -> None:
        super().__init__(data, **arguments)
        everywhere = ("", _("The whole city"))
        units = [(code, name) for name, code in unit_suggestions(on=on)]
        choices = {
            "unit": [everywhere, *units],
            "area": [everywhere, *area_codes(on=on)],
            "secrecy": [(level.value, secrecy_label(level)) for level in Secrecy if level is not Secrecy.NONE],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def scope(self) -> ScopeChoice:
        """What was chosen."""
        chosen = self.cleaned_data
        return ScopeChoice(chosen["unit"] or None, chosen["area"] or None, None, tuple(chosen["secrecy"]))


class GrantForm(ScopeForm):
    """A role to be given."""

    role = forms.ChoiceField(label=_("Role"), widget=Select)

    def __init__(self, data: Any = None, *, roles: Sequence[tuple[str, str]], on: date, **arguments: Any) -> None:
        super().__init__(data, on=on, **arguments)
        self.fields["role"].choices = [("", _("Choose a role")), *roles]  # type: ignore[attr-defined]


class InviteForm(GrantForm):
    """A new account with its first role."""

    username = forms.CharField(label=_("User name"), max_length=60, help_text=_("Letters, digits, dots and hyphens."))
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As colleagues read it in histories."))


class LeaveForm(forms.Form):
    """When and why an account ends."""

    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        validators=DATE_LIMITS,
        help_text=_("Left empty, the account ends at once."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))

    def ends_at(self) -> datetime | None:
        """The end of the last day."""
        return _midnight(self.cleaned_data["last_day"], plus_days=1)


class KeyForm(ScopeForm):
    """A key for a program."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Which program uses it."))
    permissions = forms.MultipleChoiceField(label=_("Permissions"), widget=forms.CheckboxSelectMultiple)
    limit_per_minute = forms.IntegerField(label=_("Calls a minute"), min_value=1, max_value=60_000, initial=600)
    days = forms.IntegerField(
        label=_("Ends after days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Left empty: until revoked."),
    )

    def __init__(self, data: Any = None, *, on: date, **arguments: Any) -> None:
        super().__init__(data, on=on, **arguments)
        known = [(name, name) for name in sorted(all_permissions())]
        self.fields["permissions"].choices = known  # type: ignore[attr-defined]


class SecrecyForm(ReasonForm):
    """Who may know of a case."""

    level = forms.TypedChoiceField(label=_("Who may know of it"), widget=Select, coerce=Secrecy)
    field_order = ("version", "level", "reason")

    def __init__(self, data: Any = None, *, case: CaseDetail, now: datetime, auto_id: str = "id_%s") -> None:
        super().__init__(data, case=case, now=now, auto_id=auto_id)
        level = self.fields["level"]
        assert isinstance(level, forms.ChoiceField)  # noqa: S101 - tells mypy what the class body says
        level.choices = [(each.value, secrecy_label(each)) for each in Secrecy]
        self.initial = {**self.initial, "level": case.place.secrecy}


class TrailForm(forms.Form):
    """What of the trail is looked for."""

    case = forms.CharField(label=_("Case number or receipt"), required=False, max_length=60)
    actor = forms.CharField(label=_("Who (user name)"), required=False, max_length=60)
    action = forms.ChoiceField(label=_("What"), widget=Select, required=False)
    since = _date_field(_("From"))
    until = _date_field(_("Until"))

    def __init__(self, data: Any, *, now: datetime) -> None:
        super().__init__(data)
        self._now = now
        self.fields["action"].choices = [("", _("Everything")), *list_actions()]  # type: ignore[attr-defined]

    def clean_case(self) -> Sequence[UUID] | None:
        """The records that are meant."""
        text = self.cleaned_data["case"].strip()
        found = find_subjects(text, now=self._now) if text else None
        if found is not None and not found:
            raise forms.ValidationError(_("There is no case with this number."))
        return found

    def clean_actor(self) -> UUID | None:
        """The account that is meant."""
        name = self.cleaned_data["actor"].strip()
        found = find_user_id(name) if name else None
        if name and found is None:
            raise forms.ValidationError(_("There is no account with this user name."))
        return found

    def wanted(self) -> LeafFilter:
        """The filter."""
        chosen = self.cleaned_data
        return LeafFilter(
            actor_id=chosen["actor"],
            action=chosen["action"],
            subject_ids=chosen["case"],
            since=_midnight(chosen["since"]),
            before=_midnight(chosen["until"], plus_days=1),
        )


def _midnight(day: date | None, plus_days: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=plus_days), time.min, get_city().time_zone)

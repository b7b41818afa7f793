"""The filters of the queue, and what is filled in to act on a case: choices are the city's, as they are today."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.body.components.forms import Prepared, Select
from yiwang.body.desk.forms.dates import date_field, midnight
from yiwang.body.desk.selectors.choices import (
    area_choices,
    category_choices,
    code_choices,
    find_named_units,
    own_category_choices,
    source_choices,
    unit_choices,
)
from yiwang.body.desk.selectors.wording import listed, unit_name
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.viewer import Secrecy, Viewer
from yiwang.foundation.orgs.types import UnitRow
from yiwang.foundation.packs.selectors import get_city
from yiwang.hub.cases.types import CaseDetail, CaseFilter, CaseOrder, CaseState, secrecy_label, state_label

REASON_LENGTH = 500
REPLY_LENGTH = 4000


def _state_choices() -> list[tuple[str, Any]]:
    return [(state.value, state_label(state.value)) for state in CaseState]


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
    received_from = date_field(_("Received from"))
    received_to = date_field(_("Received until"))
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
            received_from=midnight(values.get("received_from")),
            received_before=midnight(values.get("received_to"), plus_days=1),
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

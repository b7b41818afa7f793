"""Sample values of the style guide: long names, errors and empty states included: there screens break."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MORNING = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)


class SampleForm(forms.Form):
    """One field of each kind."""

    text = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("In your own words. We find the right office for you."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want?"),
        widget=forms.RadioSelect,
        choices=[("help", gettext_lazy("Get something repaired")), ("ask", gettext_lazy("Ask a question"))],
    )
    district = forms.ChoiceField(
        label=gettext_lazy("District"),
        required=False,
        choices=[("", gettext_lazy("All")), ("1", gettext_lazy("North bank")), ("2", gettext_lazy("South bank"))],
    )
    photo = forms.FileField(label=gettext_lazy("Photo"), required=False, help_text=gettext_lazy("At most 10 MB."))
    hide_identity = forms.BooleanField(label=gettext_lazy("Do not show my name to the unit"), required=False)


def _rows() -> list[dict[str, Any]]:
    long_title = _(
        "The streetlights between the market and the primary school have been dark for two weeks and the children walk "
        "home along the road"
    )
    kinds = [
        (_("Streetlight dark at 12 Lotus Road"), _("Lighting"), _("Registered"), "neutral", 0, _("2 days left")),
        (long_title, _("Lighting"), _("Handling"), "info", 6, _("4 of 10 days left")),
        (_("No water since this morning"), _("Water supply"), _("Due today"), "attention", 9, _("3 hours left")),
        (_("Night-time noise from a building site"), _("Noise"), _("Overdue"), "danger", 10, _("1 day overdue")),
        (_("Thank you for the new bench"), _("Parks"), _("Closed"), "success", 2, _("Closed in 2 days")),
        (_("Same matter as an earlier report"), _("Other"), _("Cancelled"), "muted", 0, _("No deadline")),
    ]
    return [
        {
            "number": f"QX20260302{index:04d}",
            "title": title,
            "category": category,
            "state": state,
            "tone": tone,
            "used": used,
            "deadline": deadline,
            "received_at": _MORNING + timedelta(hours=index),
        }
        for index, (title, category, state, tone, used, deadline) in enumerate(kinds, start=1)
    ]


def _timeline() -> list[dict[str, Any]]:
    return [
        {"at": _MORNING, "title": _("We received your report"), "tone": "success"},
        {
            "at": _MORNING + timedelta(minutes=9),
            "title": _("Given to the Urban Management Bureau"),
            "body": _("They answer by 16 March."),
            "actor": _("Operator 12"),
            "tone": "success",
        },
        {"at": _MORNING + timedelta(hours=4), "title": _("Somebody is working on it"), "tone": "info"},
        {"at": None, "title": _("Answer"), "tone": "neutral"},
    ]


def _common() -> dict[str, Any]:
    invalid = SampleForm({"phone": "12", "kind": "x"}, auto_id="invalid_%s")
    invalid.is_valid()
    return {
        "form": SampleForm(initial={"kind": "help"}),
        "invalid_form": invalid,
        "rows": _rows(),
        "timeline": _timeline(),
        "facts": [
            (_("Number"), "QX202603020002"),
            (_("Place"), _("12 Lotus Road, North bank")),
            (_("Unit"), _("Urban Management Bureau")),
            (_("Answer promised by"), "2026-03-16"),
        ],
        "states": [
            (_("Registered"), "neutral"),
            (_("Handling"), "info"),
            (_("Due today"), "attention"),
            (_("Overdue"), "danger"),
            (_("Closed"), "success"),
            (_("Cancelled"), "muted"),
        ],
        "crumbs": [(_("Home"), "/"), (_("Style guide"), "")],
        "names": ["王小明", "欧阳明月", "Ana Torres"],
    }


def portal_samples() -> dict[str, Any]:
    """What the residents' style guide shows."""
    return {**_common(), "map_areas_url": "/areas/district.geojson"}


def desk_samples() -> dict[str, Any]:
    """What the staff's style guide shows."""
    tabs = [(_("My unit"), "#", True, 12), (_("All"), "#", False, "1,000+"), (_("Archive"), "#", False, None)]
    return {**_common(), "tabs": tabs}


def confirm_sample() -> dict[str, Any]:
    """A confirmation as a page of its own."""
    guide = reverse("components:styleguide")
    return {
        "confirm": {
            "title": _("Close this case?"),
            "body": _("The reporter is told at once and can say whether the matter is solved."),
            "action": reverse("components:preferences"),
            "submit_label": _("Close the case"),
            "cancel_url": guide,
        }
    }


def problem_sample() -> dict[str, Any]:
    """A failure, explained."""
    return {
        "problem": {
            "status": 409,
            "title": _("Somebody else was faster"),
            "detail": _("A colleague signed this case two minutes ago, so it can no longer be returned."),
            "remedy": _("Reload the case to see what was done, then decide again."),
            "reference": "7f3a-19c2",
        }
    }

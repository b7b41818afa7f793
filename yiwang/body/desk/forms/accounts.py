"""Signing in, joining and leaving; who may do what."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.body.components.forms import Select
from yiwang.body.desk.forms.dates import DATE_LIMITS, midnight
from yiwang.body.desk.selectors.choices import area_codes, unit_suggestions
from yiwang.foundation.identity.types import ScopeChoice
from yiwang.foundation.kernel.permissions import all_permissions
from yiwang.foundation.kernel.viewer import Secrecy
from yiwang.hub.cases.types import secrecy_label

REASON_LENGTH = 500


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
        return midnight(self.cleaned_data["last_day"], plus_days=1)


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

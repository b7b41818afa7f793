"""Saying that two records are one person, or one record two."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

REASON_LENGTH = 500


class MergeForm(forms.Form):
    """Whose contacts belong here too: the reporter of another case."""

    number = forms.CharField(
        label=_("Number or receipt of a case of the other record"),
        max_length=60,
        help_text=_("Its contacts come to this record."),
    )
    reason = forms.CharField(
        label=_("How you know"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )


class SplitForm(forms.Form):
    """Which contacts are somebody else's."""

    contacts = forms.TypedMultipleChoiceField(
        label=_("Contacts of somebody else"), coerce=UUID, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("How you know"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, contacts: Sequence[tuple[UUID, str]], **arguments: Any) -> None:
        super().__init__(data, **arguments)
        self.fields["contacts"].choices = contacts  # type: ignore[attr-defined]

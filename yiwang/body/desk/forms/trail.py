"""What of the trail is looked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from yiwang.body.components.forms import Select
from yiwang.body.desk.forms.dates import date_field, midnight
from yiwang.body.desk.selectors.trail import find_subjects
from yiwang.foundation.audit.types import LeafFilter, list_actions
from yiwang.foundation.identity.selectors import find_user_id


class TrailForm(forms.Form):
    """What of the trail is looked for."""

    case = forms.CharField(label=_("Case number or receipt"), required=False, max_length=60)
    actor = forms.CharField(label=_("Who (user name)"), required=False, max_length=60)
    action = forms.ChoiceField(label=_("What"), widget=Select, required=False)
    since = date_field(_("From"))
    until = date_field(_("Until"))

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
            since=midnight(chosen["since"]),
            before=midnight(chosen["until"], plus_days=1),
        )

"""What is decided before a case becomes public."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.privacy.types import Choice, Decision
from yiwang.hub.publication.types import Box, Draft

REASON_LENGTH = 500
WORDS_LENGTH = 2000
SIDES = ("left", "top", "width", "height")
# Without JavaScript this many boxes can be added at a time.
BLANK_ROWS = 6


class FindingsForm(forms.Form):
    """For each finding of a draft: masked or shown, and why; and more words to be masked, one a line."""

    seen = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("Mask these words too"),
        required=False,
        max_length=WORDS_LENGTH,
        help_text=gettext_lazy("What the scan cannot know: names, nicknames, shops. One a line, as in the text."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: QueryDict | None = None, *, draft: Draft) -> None:
        super().__init__(data, initial={"seen": draft.seen})
        for finding in draft.findings:
            self.fields[f"choice.{finding.key}"] = forms.ChoiceField(
                label=_("What the public sees"),
                choices=[(Decision.ACCEPTED.value, _("Mask it")), (Decision.WAIVED.value, _("Show it"))],
                initial=(finding.decision or Decision.ACCEPTED).value,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason.{finding.key}"] = forms.CharField(
                label=_("Why it may be shown"), required=False, max_length=REASON_LENGTH, initial=finding.reason
            )

    def choices(self) -> Mapping[str, Choice]:
        """What was chosen, by the key of the finding."""
        values = self.cleaned_data
        keys = [name.removeprefix("choice.") for name in self.fields if name.startswith("choice.")]
        return {key: Choice(Decision(values[f"choice.{key}"]), values[f"reason.{key}"]) for key in keys}

    def words_to_mask(self) -> Sequence[str]:
        """One a line."""
        return [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]


class WithdrawForm(forms.Form):
    """Why a case is taken back from the public."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )


class RedactForm(forms.Form):
    """Boxes over a photo, each four numbers in percent; empty rows say nothing."""

    is_harmless = forms.BooleanField(
        label=gettext_lazy("I have looked: nothing in this photo needs to be covered."), required=False
    )

    def __init__(self, data: QueryDict | None = None, *, boxes: Sequence[Box] = ()) -> None:
        super().__init__(data)
        kept = [{side: f"{getattr(box, side):g}" for side in SIDES} for box in boxes]
        self.rows = list(_typed(data)) if data is not None else kept
        self.rows += [dict.fromkeys(SIDES, "")] * BLANK_ROWS

    def clean(self) -> dict[str, Any]:
        """Adds ``boxes``."""
        values: dict[str, Any] = super().clean() or {}
        values["boxes"] = [box for number, row in enumerate(self.rows, 1) if (box := self._box(number, row))]
        return values

    def _box(self, number: int, row: Mapping[str, str]) -> Box | None:
        if not any(row.values()):
            return None
        try:
            return Box(*(float(row[side]) for side in SIDES))
        except ValueError:
            self.add_error(None, _("Box %(number)s needs four numbers.") % {"number": number})
            return None


def _typed(data: QueryDict) -> Iterator[dict[str, str]]:
    columns = [[value.strip()[:20] for value in data.getlist(side)] for side in SIDES]
    for row in zip(*columns, strict=False):
        if any(row):
            yield dict(zip(SIDES, row, strict=True))

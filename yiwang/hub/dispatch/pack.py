"""Pack part of this app: ``rules``."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from yiwang.foundation.kernel.packparts import Code, Names, PackContext, PackEntry, PackPart, Source, Text, TimeOfDay
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.hub.dispatch.services import save_rules
from yiwang.hub.dispatch.types import NewRule


class Hours(PackEntry):
    """A part of the day, also over midnight, on ISO weekdays (all, where none is named)."""

    start: TimeOfDay = Field(alias="from")
    end: TimeOfDay = Field(alias="to")
    days: list[Annotated[int, Field(ge=1, le=7)]] = []


class When(PackEntry):
    """What must hold; what is not named says nothing."""

    categories: list[Code] = []
    areas: list[Code] = []
    matters: list[Code] = []
    channels: list[Code] = []
    hours: Hours | None = None


class Then(PackEntry):
    """Where it goes: to a unit, or to the unit that answers for the area of a level."""

    unit: Code | None = None
    unit_of_area: Text | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> "Then":
        if (self.unit is None) == (self.unit_of_area is None):
            raise ValueError("names either a unit or unit_of_area")
        return self


class RuleEntry(PackEntry):
    """A dispatch rule; the first by ``order`` that applies decides."""

    key: Code
    order: int = Field(ge=0)
    names: Names
    when: When
    then: Then
    source: Source
    valid_from: date | None = None
    valid_to: date | None = None


def _apply(entries: Sequence[RuleEntry], context: PackContext) -> int:
    rules = [
        NewRule(
            key=entry.key,
            position=entry.order,
            names=entry.names,
            condition=entry.when.model_dump(by_alias=True, exclude_defaults=True),
            target=entry.then.model_dump(exclude_none=True),
            source=entry.source.model_dump(),
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
        )
        for entry in entries
    ]
    return save_rules(rules, pack=context.pack_id, viewer=SYSTEM, now=context.now)


PARTS = [PackPart("rules", 50, RuleEntry, _apply, key=("key",))]

"""Pack parts of this app: ``categories``, ``matter_types``, ``channels`` and ``retention``."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from yiwang.foundation.codes.services import save_codes
from yiwang.foundation.codes.types import CodeKind, NewCode
from yiwang.foundation.kernel.packparts import (
    Code,
    Language,
    Names,
    PackContext,
    PackEntry,
    PackPart,
    Source,
    Text,
)
from yiwang.foundation.kernel.viewer import SYSTEM


class CodeEntry(PackEntry):
    """An entry of a list."""

    code: Code
    names: Names
    valid_from: date | None = None


class CategoryEntry(CodeEntry):
    """What a matter is about; parents stand before what belongs to them."""

    parent: Code | None = None
    words: dict[Language, list[Text | int]] = Field({}, description="Residents' plain words for this alone.")


class MatterTypeEntry(CodeEntry):
    """What a resident wants."""

    default: bool = Field(False, description="The one that stands for “not known yet”.")


class Acceptance(PackEntry):
    """How soon a matter must be accepted, and where that is written."""

    amount: int = Field(ge=1)
    unit: Literal["minutes", "hours", "working_hours", "working_days", "calendar_days"]
    source: Source


class ChannelEntry(CodeEntry):
    """Where matters come from."""

    acceptance: Acceptance


class RetentionEntry(CodeEntry):
    """How long a sort of personal data is kept."""

    days: int = Field(ge=1, le=36500)
    source: Source


OWN = {"code", "names", "parent", "words", "default", "valid_from"}


def _apply(kind: CodeKind) -> Callable[[Sequence[CodeEntry], PackContext], int]:
    def apply(entries: Sequence[CodeEntry], context: PackContext) -> int:
        source = {"pack": context.pack_id, "version": context.version}
        codes = [_code(entry) for entry in entries]
        return save_codes(kind, context.pack_id, codes, viewer=SYSTEM, now=context.now, source=source).changed

    return apply


def _code(entry: CodeEntry) -> NewCode:
    values = entry.model_dump()
    return NewCode(
        code=entry.code,
        names=entry.names,
        parent=values.get("parent"),
        words={language: tuple(map(str, words)) for language, words in values.get("words", {}).items()},
        attributes={name: value for name, value in values.items() if name not in OWN},
        is_default=values.get("default", False),
        valid_from=entry.valid_from,
    )


PARTS = [
    PackPart("categories", 10, CategoryEntry, _apply(CodeKind.CATEGORY)),
    PackPart("matter_types", 10, MatterTypeEntry, _apply(CodeKind.MATTER_TYPE)),
    PackPart("channels", 10, ChannelEntry, _apply(CodeKind.CHANNEL)),
    PackPart("retention", 10, RetentionEntry, _apply(CodeKind.RETENTION)),
]

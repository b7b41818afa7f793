"""What an app offers the pack installer: parts, the form of their entries, and how they are stored.

Found in each app's ``pack.py`` as PARTS. The form is a pydantic model: packs are checked by it before anything is
stored, and its JSON Schema is what authors read (docs/packs).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from yiwang.foundation.kernel.errors import Invalid


class PackInvalid(Invalid):
    """A pack cannot be installed: ``file`` and ``place`` say where, ``reason`` what is wrong.

    ``errors`` lists all that was found, not only the first: (file and line, place and reason).
    """

    code = "pack_invalid"
    title = _("The pack cannot be installed")
    detail = _("%(file)s, %(place)s: %(reason)s")
    remedy = _("Correct the file and install the pack again; nothing was changed.")


class PackEntry(BaseModel):
    """One entry of a part. What it does not name is a mistake, usually of typing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_text(value: Any) -> Any:
    # YAML takes 390101 for a number, and 0123 for another one: leading zeros need quotes.
    return str(value) if type(value) is int else value


Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Code = Annotated[
    str,
    BeforeValidator(_as_text),
    StringConstraints(min_length=1, max_length=60),
    WithJsonSchema({"type": ["string", "integer"], "minLength": 1, "maxLength": 60}),
]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")]
Names = Annotated[dict[Language, Text], Field(min_length=1, description="By language: {zh-hans: …, en: …}.")]


class Source(PackEntry):
    """Where a rule is written."""

    document: Text
    article: Text


@dataclass(frozen=True)
class Saved:
    """What storing entries did: the ids of the given ones by code, and how many rows are new or different."""

    ids: Mapping[str, UUID]
    changed: int


@dataclass(frozen=True)
class PackContext:
    """What every part may need to know about the pack that is being installed."""

    pack_id: str
    version: str
    manifest: dict[str, Any]
    now: datetime


@dataclass(frozen=True)
class PackPart:
    """One file of a pack: a list of entries, or, with ``is_geojson``, a FeatureCollection of them.

    ``key`` names what no two entries may share, together. ``apply(entries, context)`` stores checked entries, is
    idempotent and returns how many rows changed.
    """

    name: str
    order: int
    entry: type[PackEntry]
    apply: Callable[[Any, PackContext], int]
    key: tuple[str, ...] = ("code",)
    is_geojson: bool = False

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions


@dataclass(frozen=True)
class City:
    """What the installed city pack says about the city as a whole. ``centre`` is (lon, lat) in WGS84 degrees.

    ``hotline`` is the phone number residents may call, empty where there is none.
    """

    names: Mapping[str, str]
    time_zone: ZoneInfo
    default_language: str
    number_prefix: str
    centre: tuple[float, float]
    is_demo: bool
    hotline: str = ""


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a pack: file, line (None where nobody knows), place in the file, what, and what to do."""

    file: str
    line: int | None
    place: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}  {self.place}: {self.reason.rstrip('.。')}. {self.remedy}"


@dataclass(frozen=True)
class PartDiff:
    """How the entries of a part differ from those installed before: what names them (their key, or their place)."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.gone)


@dataclass(frozen=True)
class PackRow:
    """An installed pack."""

    pack_id: str
    kind: str
    version: str
    names: Mapping[str, str]
    installed_at: datetime


@dataclass(frozen=True)
class PackReport:
    """What an installation did: changed rows per part; ``was_installed`` if this very version had been there.

    ``diffs`` compares the entries of each part with the version that was installed before, if its entries are known.
    """

    pack_id: str
    version: str
    changed: Mapping[str, int]
    was_installed: bool
    diffs: Mapping[str, PartDiff] = field(default_factory=dict)


register_actions({"packs.installed": _("A pack was installed")})

"""What an app offers the pack installer: parts it can read from a pack and apply. Found in each app's ``pack.py`` as
PARTS."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid


class PackInvalid(Invalid):
    """A pack cannot be installed: ``file`` and ``place`` say where, ``reason`` what is wrong."""

    code = "pack_invalid"
    title = _("The pack cannot be installed")
    detail = _("%(file)s, %(place)s: %(reason)s")
    remedy = _("Correct the file and install the pack again; nothing was changed.")


@dataclass(frozen=True)
class PackContext:
    """What every part may need to know about the pack that is being installed."""

    pack_id: str
    version: str
    manifest: dict[str, Any]
    now: datetime


@dataclass(frozen=True)
class PackPart:
    """One file of a pack. ``apply(content, context)`` stores it, is idempotent and returns how many rows changed."""

    name: str
    order: int
    apply: Callable[[Any, PackContext], int]

"""What an imported case brought along, in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from yiwang.body.desk.selectors.wording import exact


def list_provenance(imported: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Where the case comes from, what its source leaves open, and the columns that were kept as they stood."""
    if not imported:
        return []
    facts = [
        (_("File"), str(imported.get("file", ""))),
        (_("Row"), str(imported.get("row", ""))),
        (_("Mapping"), str(imported.get("mapping", ""))),
        (_("Imported at"), _moment(imported.get("at"))),
        *((_("Remark"), _remark(remark)) for remark in imported.get("remarks", ())),
        *((_unmatched(part), str(value)) for part, value in imported.get("unmatched", {}).items()),
        *((str(column), str(value)) for column, value in imported.get("given", {}).items()),
    ]
    return [(term, value) for term, value in facts if value]


def _moment(text: Any) -> str:
    return exact(datetime.fromisoformat(text)) if isinstance(text, str) else ""


def _remark(remark: str) -> str:
    words = {
        "closed_without_moment": _("The source says closed, but not when; the state is kept as not known."),
        "closed_before_received": _("The source closes it before it was received."),
        "open_with_closing_moment": _("The source says open, but has a closing time."),
        "half_a_point": _("The source gives only one coordinate."),
        "shortened": _("A text was too long and was shortened."),
    }
    return str(words.get(remark, remark))


def _unmatched(part: str) -> str:
    words = {
        "unit": _("Unit as the source names it"),
        "category": _("Category as the source names it"),
        "area": _("Area as the source names it"),
    }
    return str(words.get(part, part))

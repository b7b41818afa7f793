"""What everybody may see of cases: what a person has released, and nothing else."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from yiwang.body.components.downloads import file_response
from yiwang.body.portal.views.tracking import TONES
from yiwang.foundation.codes.selectors import path_of as category_path_of
from yiwang.foundation.kernel.access import public
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.places.selectors import path_of as area_path_of
from yiwang.hub.cases.types import stage_label, stage_of
from yiwang.hub.publication.selectors import get_public_case, list_public_cases, open_public_photo
from yiwang.hub.publication.types import PublicCaseRow

# From district to community; the grid a house stands in is too near to it.
SHOWN_AREAS = 3


@public
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """What is public, the latest release first."""
    found = list_public_cases(cursor=request.GET.get("after") or None)
    older = f"?after={found.next_cursor}" if found.next_cursor else ""
    return render(
        request, "portal/public_cases.html", {"cases": [_shown(row) for row in found.rows], "older_url": older}
    )


@public
@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One public case. Raises PublicCaseNotFound."""
    return render(request, "portal/public_case.html", _shown(get_public_case(number)))


@public
@require_safe
def photo(request: HttpRequest, number: str, photo_id: UUID) -> FileResponse:
    """A redacted photo of a public case. Raises PublicCaseNotFound."""
    response = file_response(*open_public_photo(number, photo_id))
    response["Cache-Control"] = "public, max-age=60"
    return response


def _shown(row: PublicCaseRow) -> dict[str, Any]:
    language = get_language() or ""
    areas = [pick(area.names, language) for area in area_path_of(row.area_id)]
    stage = stage_of(row.state)
    return {
        "case": row,
        "stage": stage_label(stage),
        "tone": TONES.get(stage, "neutral"),
        "category": " › ".join(pick(code.names, language) for code in category_path_of(row.category_id)),
        "place": " · ".join((areas[1:] or areas)[:SHOWN_AREAS]),
    }

import hashlib
import json

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.access import public
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import NotFound
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.packs.selectors import get_city
from yiwang.foundation.places.selectors import areas_geojson
from yiwang.foundation.privacy.selectors import list_retention
from yiwang.hub.workflow.selectors import list_clock_rules
from yiwang.hub.workflow.types import ClockKind, limit_text


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the way to report, and what the city promises."""
    city = get_city()
    language = get_language() or ""
    promises = []
    for rule in list_clock_rules(ClockKind.HANDLE, on=now().astimezone(city.time_zone).date()):
        code = find_code(CodeKind.MATTER_TYPE, rule.matter_type)
        promises.append(
            {
                "matter_type": pick(code.names, language) if code else rule.matter_type,
                "limit": limit_text(rule.amount, rule.unit),
                "source": f"{rule.document} {rule.article}".strip(),
            }
        )
    return render(request, "portal/home.html", {"promises": promises, "hotline": city.hotline})


@public
@require_safe
def guidance(request: HttpRequest) -> HttpResponse:
    """How to use the portal, and the accessibility statement."""
    return render(request, "portal/help.html", {"hotline": get_city().hotline})


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Which data are kept, what for, and who sees them."""
    language = get_language() or ""
    periods = [
        {"name": pick(row.names, language), "days": row.days, "rule": f"{row.document} {row.article}".strip()}
        for row in list_retention()
        if row.days is not None
    ]
    return render(request, "portal/privacy.html", {"periods": periods})


@public
@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def areas(request: HttpRequest, level: str) -> HttpResponse:
    """The areas of one level for the map, named in the reader's language. Raises NotFound for a level without areas."""
    collection = areas_geojson(level)
    if not collection["features"]:
        raise NotFound
    language = get_language() or ""
    for feature in collection["features"]:
        feature["properties"]["name"] = pick(feature["properties"]["names"], language)
    body = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    is_known = request.headers.get("If-None-Match") == etag
    response = HttpResponseNotModified() if is_known else HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=3600"
    return response

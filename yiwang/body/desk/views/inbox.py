"""The unit's inbox."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from yiwang.body.desk.selectors.queue import count_to_sign, list_inbox
from yiwang.body.desk.views.queue import news_response
from yiwang.body.desk.views.shell import has_inbox, page, viewer_of
from yiwang.foundation.kernel.access import staff
from yiwang.foundation.kernel.clock import now
from yiwang.hub.cases.types import CasePermission


@staff(CasePermission.VIEW)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer's own units: to sign, in work, replied."""
    viewer, moment = viewer_of(request), now()
    context = {
        "now": moment,
        "groups": list_inbox(viewer=viewer, now=moment) if has_inbox(viewer) else [],
        "to_sign": count_to_sign(viewer=viewer, now=moment) if has_inbox(viewer) else 0,
    }
    return page(request, "desk/inbox.html", context)


@staff(CasePermission.VIEW)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Whether more cases wait to be signed than the page (``seen``) shows."""
    viewer, seen = viewer_of(request), request.GET.get("seen", "")
    count = count_to_sign(viewer=viewer, now=now()) - int(seen) if seen.isdecimal() and len(seen) < 6 else 0
    return news_response(request, count, reverse("desk:inbox"))

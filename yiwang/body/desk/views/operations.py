"""The machine room: jobs that failed for good, queues, messages, and the doctor's findings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from yiwang.body.desk.views.shell import page, viewer_of
from yiwang.foundation.kernel.access import staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Conflict
from yiwang.foundation.operations.selectors import list_dead_letters, oldest_waiting_s, queue_sizes, run_checks
from yiwang.foundation.operations.services import retry_job
from yiwang.foundation.operations.types import OperationsPermission
from yiwang.network.messaging.selectors import count_messages, list_failed_messages
from yiwang.network.messaging.services import retry_failed_messages
from yiwang.network.messaging.types import MessageState


@staff(OperationsPermission.VIEW)
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Failed jobs with the button that starts them again, and how long the queues are."""
    viewer = viewer_of(request)
    found = list_dead_letters(viewer=viewer, cursor=request.GET.get("after") or None)
    context = {
        "jobs": found.rows,
        "next_cursor": found.next_cursor,
        "sizes": queue_sizes(),
        "oldest_waiting_s": round(oldest_waiting_s()),
        "queued_messages": count_messages(MessageState.QUEUED),
        "failed_messages": count_messages(MessageState.FAILED),
        "latest_failures": list_failed_messages(viewer=viewer),
        "may_retry": viewer.may(OperationsPermission.RETRY),
    }
    return page(request, "desk/operations.html", context)


@staff(OperationsPermission.RETRY)
@require_POST
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Puts one failed job back into the queue."""
    try:
        retry_job(job_id, viewer=viewer_of(request), now=now())
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Job %(job_id)s was started again.") % {"job_id": job_id})
    return redirect("desk:operations")


@staff(OperationsPermission.RETRY)
@require_POST
def retry_messages(request: HttpRequest) -> HttpResponse:
    """Puts all messages that could not be sent back into the queue."""
    count = retry_failed_messages(viewer=viewer_of(request), now=now())
    text = ngettext("%(count)s message will be tried again.", "%(count)s messages will be tried again.", count)
    messages.success(request, text % {"count": count})
    return redirect("desk:operations")


@staff(OperationsPermission.VIEW)
@require_safe
def checks(request: HttpRequest) -> HttpResponse:
    """What the doctor finds right now."""
    return page(request, "desk/checks.html", {"findings": run_checks()})

"""What all pages of the desk know: who is looking, and what the rail offers. Computed only where a page asks."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from yiwang.body.desk.views.shell import has_inbox, viewer_of
from yiwang.foundation.audit.types import AuditPermission
from yiwang.foundation.identity.types import IdentityPermission
from yiwang.foundation.operations.types import OperationsPermission
from yiwang.hub.cases.types import CasePermission


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``viewer``, ``has_inbox``, and ``sees_…`` for each part of the desk."""
    return {
        "viewer": SimpleLazyObject(lambda: viewer_of(request)),
        "sees_cases": SimpleLazyObject(lambda: viewer_of(request).may(CasePermission.VIEW)),
        "has_inbox": SimpleLazyObject(lambda: has_inbox(viewer_of(request))),
        "sees_operations": SimpleLazyObject(lambda: viewer_of(request).may(OperationsPermission.VIEW)),
        "sees_trail": SimpleLazyObject(lambda: viewer_of(request).may(AuditPermission.VIEW)),
        "sees_accounts": SimpleLazyObject(lambda: viewer_of(request).may(IdentityPermission.MANAGE)),
    }

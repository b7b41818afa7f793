"""What all pages of the desk share: who is looking, and that browsers keep nothing."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases.types import CasePermission


def viewer_of(request: HttpRequest) -> Viewer:
    """The signed-in viewer itself; the middleware's lazy stand-in is no dataclass."""
    viewer: Viewer = copy(request.viewer)  # type: ignore[attr-defined]
    return viewer


def has_inbox(viewer: Viewer) -> bool:
    """Whether cases are dispatched to this viewer: somebody of a unit who may sign for it."""
    return any(scope.unit_ids is not None for scope in viewer.scopes(CasePermission.SIGN))


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of the desk. Its address may lead to personal data, so it is stored nowhere."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response

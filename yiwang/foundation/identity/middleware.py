"""Puts ``request.viewer`` in place: the signed-in user's, computed when first needed; otherwise ANONYMOUS."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from yiwang.foundation.identity.selectors import get_viewer_for_user
from yiwang.foundation.kernel.viewer import ANONYMOUS, Viewer


class ViewerMiddleware:
    """Residents' requests carry no session and cost no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = SimpleLazyObject(lambda: _viewer(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _viewer(request: HttpRequest) -> Viewer:
    user = request.user
    return get_viewer_for_user(user, language=get_language() or "en") if user.is_authenticated else ANONYMOUS

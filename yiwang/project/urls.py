"""All addresses of an installation."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from yiwang.foundation.kernel.errors import Forbidden, Invalid, NotFound
from yiwang.foundation.kernel.problems import to_problem
from yiwang.project.api import api
from yiwang.project.health import live, ready
from yiwang.project.metrics import metrics
from yiwang.project.middleware import answer

urlpatterns = [
    path("healthz", live, name="healthz"),
    path("readyz", ready, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("desk/", include("yiwang.body.desk.urls")),
    path("", include("yiwang.body.components.urls")),
    path("", include("yiwang.body.portal.urls")),
]


def _page_for(error: Exception) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        return answer(request, to_problem(error))

    return view


# What never reaches a view: an unknown address, a request Django refuses, a failure outside the views.
handler400 = _page_for(Invalid())
handler403 = _page_for(Forbidden())
handler404 = _page_for(NotFound())
handler500 = _page_for(RuntimeError())

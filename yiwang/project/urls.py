"""All addresses of an installation."""

import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from yiwang.body.desk.views.entrance import log_in, log_out
from yiwang.foundation.kernel.errors import BadRequest, Forbidden, NotFound, Unavailable
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
    path("desk/login", log_in, name="account_login"),
    path("desk/logout", log_out, name="account_logout"),
    path("desk/account/", include("yiwang.project.accounts")),
    path("desk/", include("yiwang.body.desk.urls")),
    path("", include("yiwang.body.components.urls")),
    path("", include("yiwang.body.portal.urls")),
]


def _page_for(error: Exception) -> Callable[..., HttpResponse]:
    def view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        return answer(request, to_problem(error))

    return view


def _failed(request: HttpRequest) -> HttpResponse:
    """The answer to a failure outside the views; a database that is away is worth trying again."""
    error = sys.exc_info()[1]
    return answer(
        request, to_problem(Unavailable() if isinstance(error, OperationalError | InterfaceError) else RuntimeError())
    )


# What never reaches a view: an unknown address, a request Django refuses, a failure outside the views.
handler400 = _page_for(BadRequest())
handler403 = _page_for(Forbidden())
handler404 = _page_for(NotFound())
handler500 = _failed

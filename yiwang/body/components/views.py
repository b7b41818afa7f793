"""The switches of every page, and the style guide."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from yiwang.body.components import styleguide as guide
from yiwang.body.components.context import THEMES
from yiwang.foundation.kernel.access import public

ONE_YEAR_S = 365 * 24 * 3600


def _allowed_values() -> dict[str, tuple[str, set[str]]]:
    """Form field → (cookie, values). Nothing else ever reaches a cookie."""
    return {
        "theme": ("theme", set(THEMES)),
        "elder": ("elder", {"0", "1"}),
        "shortcuts": ("shortcuts", {"0", "1"}),
        "language": (settings.LANGUAGE_COOKIE_NAME, {code for code, _name in settings.LANGUAGES}),
    }


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remembers a reader's wishes in cookies and leads back to ``next``, if that is a page of this host."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = redirect(target if is_ours else "/")
    for name, (cookie, values) in _allowed_values().items():
        value = request.POST.get(name)
        if value in values:
            secure = request.is_secure()
            response.set_cookie(cookie, value, max_age=ONE_YEAR_S, samesite="Lax", secure=secure, httponly=True)
    return response


@public
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component as residents see it."""
    return render(request, "components/styleguide.html", guide.portal_samples())


@public
@require_safe
def styleguide_desk(request: HttpRequest) -> HttpResponse:
    """The same components in the dense shell of the staff."""
    return render(request, "components/styleguide_desk.html", guide.desk_samples())


@public
@require_safe
def styleguide_confirm(request: HttpRequest) -> HttpResponse:
    """The confirmation that the style guide opens as a dialog."""
    return render(request, "components/confirm.html", guide.confirm_sample())


@public
@require_safe
def styleguide_problem(request: HttpRequest) -> HttpResponse:
    """The page people see when something fails."""
    return render(request, "components/problem.html", guide.problem_sample())

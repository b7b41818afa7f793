"""Who may call a route. Every view and API operation carries one of these marks; a guard test reads ``access``.

``request.viewer`` is set by identity's middleware (session) or by the API's key check before these run.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from yiwang.foundation.kernel.settings import get_settings

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed_in"


def public(view: View) -> View:
    """Anybody may call: residents' pages, log-in, health."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def staff(permission: str | None = None) -> Callable[[View], View]:
    """Signed-in staff only (others are led to the log-in page); with ``permission``, only those who hold it."""

    def mark(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            viewer = request.viewer  # type: ignore[attr-defined]
            if not viewer.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if permission is not None:
                viewer.require(permission)
            return view(request, *args, **kwargs)  # type: ignore[no-any-return]

        checked.access = str(permission) if permission else SIGNED_IN  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark


def confirmed(view: View) -> View:
    """For dangerous actions: the person must have proven who they are within the last minutes, or does so now."""
    return cast("View", reauthentication_required(view))


def api(permission: str) -> Callable[[View], View]:
    """API operation for keys (or sessions) that hold ``permission``."""

    def mark(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            request.viewer.require(permission)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        checked.access = str(permission)  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return mark


def client_address(request: HttpRequest) -> str:
    """The address of the client: of the connection, or, behind a trusted proxy, the last one it added."""
    forwarded = request.headers.get("X-Forwarded-For", "") if get_settings().trust_proxy else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")

"""The one translator from errors to HTTP (RFC 9457 problem documents; the same values fill the page for people)."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from yiwang.foundation.kernel.errors import Invalid, YiwangError

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Problem:
    """One answer to a failed request. ``type`` is a stable relative reference documented in docs/api.md."""

    status: int
    code: str
    title: str
    detail: str
    remedy: str
    errors: tuple[tuple[str, str], ...] = ()
    reference: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The RFC 9457 members, plus ``remedy``, ``errors`` and ``reference`` where they say something."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.remedy:
            body["remedy"] = self.remedy
        if self.errors:
            body["errors"] = [{"field": name, "detail": text} for name, text in self.errors]
        if self.reference:
            body["reference"] = self.reference
        return body


def to_problem(error: Exception, *, reference: str = "") -> Problem:
    """Translates any exception. What is not a YiwangError says nothing about itself to the outside: only a
    reference."""
    if not isinstance(error, YiwangError):
        return Problem(
            status=500,
            code="internal",
            title=_("Something went wrong on our side"),
            detail=_("The request could not be completed. It has been recorded."),
            remedy=_("Try again. If it happens again, tell the operators the reference below."),
            reference=reference,
        )
    retry_after = error.params.get("retry_after_s")
    return Problem(
        status=error.status,
        code=error.code,
        title=str(error.title),
        detail=error.message,
        remedy=error.what_to_do,
        errors=error.errors if isinstance(error, Invalid) else (),
        reference=reference if error.status >= 500 else "",
        headers={"Retry-After": str(retry_after)} if retry_after is not None else {},
    )

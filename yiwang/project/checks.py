"""Checks of what the composition root puts together: the tables fit the program, the screens are built."""

from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.kernel.checks import Finding, check
from yiwang.project.health import waiting_migrations


@check("migrations", gettext_lazy("Tables"))
def check_migrations() -> Finding:
    """The database has every migration of this program."""
    waiting = waiting_migrations()
    if waiting:
        message = _("Migrations are waiting: %(waiting)s.") % {"waiting": ", ".join(waiting)}
        return Finding("migrations", "problem", message, _("Run “yiwang migrate”."))
    return Finding("migrations", "ok", _("The tables fit this program."))


@check("screens", gettext_lazy("Screens"))
def check_screens() -> Finding:
    """The stylesheets and scripts were built."""
    if finders.find("components/dist/app.css") is None:
        return Finding("screens", "problem", _("The screens are not built."), _("Run “make screens”."))
    return Finding("screens", "ok", _("The screens are built."))

"""Answers for load balancers and supervisors: the process lives; the city can be served."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.access import public
from yiwang.foundation.kernel.errors import CannotStart, Unavailable
from yiwang.foundation.kernel.problems import to_problem
from yiwang.foundation.packs.selectors import get_city
from yiwang.project.api import problem_response


class DatabaseAway(Unavailable):
    """The database cannot be asked."""

    code = "database_away"
    title = _("The database does not answer")
    detail = _("The database cannot be reached at the moment.")


class MigrationsMissing(Unavailable):
    """The tables do not fit this program yet."""

    code = "migrations_missing"
    title = _("The database is older than the program")
    detail = _("Migrations are waiting: %(waiting)s.")
    remedy = _("Run “yiwang migrate”.")


_is_migrated = False


def waiting_migrations() -> list[str]:
    """Names of the migrations the database still lacks. Once there are none, that stays true for this process."""
    global _is_migrated
    if _is_migrated:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _is_migrated = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def refuse_old_tables() -> None:
    """Raises CannotStart while migrations are waiting."""
    waiting = waiting_migrations()
    if waiting:
        raise CannotStart(
            reason=f"The database is older than the program: {len(waiting)} migrations are waiting.",
            hint="Run “yiwang migrate”; “yiwang run” does it by itself.",
        )


@public
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; says nothing about the database."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers, its tables fit this program, and a city is installed; else a 503 problem document."""
    try:
        waiting = waiting_migrations()
        if waiting:
            raise MigrationsMissing(waiting=", ".join(waiting))
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        get_city()
    except DatabaseError:
        return problem_response(to_problem(DatabaseAway()))
    except Unavailable as error:
        return problem_response(to_problem(error))
    return HttpResponse("ready\n", content_type="text/plain")

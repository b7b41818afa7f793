"""The job worker: takes jobs from the queue in PostgreSQL and runs them in threads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException
from psycopg import AsyncConnection, OperationalError
from psycopg_pool import AsyncConnectionPool

from yiwang.foundation.kernel.errors import CannotStart
from yiwang.foundation.kernel.settings import Settings
from yiwang.foundation.operations.types import HEARTBEAT_S, STALLED_AFTER_S
from yiwang.project.postgresql.base import is_line_open

log = structlog.get_logger(__name__)
# The supervisor ends a worker that takes longer; its jobs are then revived (operations.services).
FINISH_S = 10
# News of a job arrives by NOTIFY; asking is for jobs that wait for their retry.
ASK_EVERY_S = 1.0


def work(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT, then finishes the running jobs. Raises CannotStart if the database goes."""
    log.info("worker_started", threads=settings.job_threads)
    try:
        asyncio.run(_work(settings))
    except ConnectorException as error:
        raise CannotStart(
            reason=f"The worker lost the database: {error.__cause__ or error}".strip(),
            hint="Start it again when the database answers; its jobs are still in the queue.",
        ) from error
    log.info("worker_stopped")


async def _work(settings: Settings) -> None:
    # Jobs are plain functions: each runs in a thread, with the database connection Django keeps for that thread.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(settings.job_threads))
    # A connector of its own, for this copy of the app only: what jobs queue must go through Django's connection, so
    # that it stands or falls with their transaction.
    connector = PsycopgConnector(
        pool_factory=_pool, kwargs=_bookkeeping(), min_size=1, max_size=settings.job_threads + 2, timeout=5
    )
    async with app.with_connector(connector).open_async() as worker_app:
        await worker_app.run_worker_async(
            concurrency=settings.job_threads,
            fetch_job_polling_interval=ASK_EVERY_S,
            shutdown_graceful_timeout=FINISH_S,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_AFTER_S,
        )


def _pool(**arguments: Any) -> AsyncConnectionPool:
    """Connections that commit each statement by itself and are looked at without asking the server.

    The library's own make four round trips of each “take a job” and “it is done”: look, BEGIN, the statement, COMMIT.
    """
    return AsyncConnectionPool(**{**arguments, "configure": _commit_at_once, "check": _look})


async def _commit_at_once(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)


async def _look(connection: AsyncConnection[Any]) -> None:
    if not is_line_open(connection):
        raise OperationalError("the server has closed the connection")


def _bookkeeping() -> dict[str, Any]:
    """How the worker's own connections commit “taken” and “done”: not waiting for the disk: two of three waits a job.

    A crash of the database may forget the last moments of this: the jobs run again, which they must bear anyway. What
    jobs themselves write waits for the disk as everything does.
    """
    parameters: dict[str, Any] = connector_params()
    return {**parameters, "options": f"{parameters.get('options', '')} -c synchronous_commit=off".strip()}

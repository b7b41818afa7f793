"""Jobs of dead workers are revived a bounded number of times, and finished jobs do not pile up."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from yiwang.foundation.kernel import jobs
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.operations.errors import JobNotFailed
from yiwang.foundation.operations.selectors import list_dead_letters
from yiwang.foundation.operations.services import prune_finished_jobs, retry_job, revive_stalled_jobs

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def sql(statement, *parameters):
    with connection.cursor() as db:
        db.execute(statement, parameters)
        return db.fetchall() if db.description else []


def worker_seen(seconds_ago):
    moment = NOW - timedelta(seconds=seconds_ago)
    return sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", moment)[0][0]


def job_of(worker, *, attempts=0, queueing_lock=None):
    return sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, attempts, queueing_lock)"
        " VALUES ('default', 'test.job', 'doing', %s, %s, %s) RETURNING id",
        worker, attempts, queueing_lock,
    )[0][0]  # fmt: skip


def state_of(job):
    return sql("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", job)[0]


def finished(status, days_ago):
    (job,) = sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
        " VALUES ('default', 'test.job', %s) RETURNING id",
        status,
    )[0]
    for kind in ("deferred", status):
        moment = NOW - timedelta(days=days_ago)
        sql("INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, %s, %s)", job, kind, moment)
    return job


def test_a_job_goes_back_to_the_queue_when_its_worker_is_silent_or_gone():
    silent, orphan, running = job_of(worker_seen(21)), job_of(None), job_of(worker_seen(5))
    assert revive_stalled_jobs(now=NOW) == 2
    assert [state_of(job) for job in (silent, orphan, running)] == [("todo", 1), ("todo", 1), ("doing", 0)]


def test_a_job_that_kills_its_workers_ends_as_a_dead_letter_and_can_be_started_again():
    job = job_of(None, attempts=jobs.MAX_ATTEMPTS)
    revive_stalled_jobs(now=NOW)
    assert state_of(job)[0] == "failed"
    assert [row.job_id for row in list_dead_letters(viewer=SYSTEM).rows] == [job]
    retry_job(job, viewer=SYSTEM, now=NOW)
    assert state_of(job)[0] == "todo"
    with pytest.raises(JobNotFailed):
        retry_job(job, viewer=SYSTEM, now=NOW)


def test_a_stalled_job_of_the_timetable_is_dropped_because_its_next_turn_is_queued():
    stalled = job_of(None, queueing_lock="timetable")
    sql("INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) VALUES ('default', 't', 'timetable')")
    revive_stalled_jobs(now=NOW)
    assert state_of(stalled)[0] == "aborted"


def test_a_failed_turn_of_the_timetable_is_not_started_beside_the_next_one():
    failed = job_of(None, queueing_lock="timetable")
    sql("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", failed)
    sql("INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock) VALUES ('default', 't', 'timetable')")
    with pytest.raises(JobNotFailed):
        retry_job(failed, viewer=SYSTEM, now=NOW)


def test_finished_jobs_are_deleted_after_three_days_and_failed_ones_stay(monkeypatch):
    monkeypatch.setattr("yiwang.foundation.operations.services.queue.BATCH", 2)
    old = [finished("succeeded", 4) for _ in range(5)]
    kept = [finished("failed", 30), finished("succeeded", 2), finished("succeeded", 4)]
    # The last one is old by its events but stands behind a young one: the next hour finds it.
    assert prune_finished_jobs(now=NOW) == len(old)
    left = {row[0] for row in sql("SELECT id FROM procrastinate_jobs WHERE task_name = 'test.job'")}
    assert left == set(kept)


def test_the_timetable_goes_before_other_jobs():
    from procrastinate.contrib.django import app

    from yiwang.foundation.operations.tasks import revive_stalled

    assert app.tasks[jobs.job_name(revive_stalled)].priority > 0

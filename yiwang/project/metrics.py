"""Prometheus metrics of all processes of one machine (multi-process files under YIWANG_HOME/run/metrics)."""

from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from yiwang.foundation.kernel.access import public
from yiwang.foundation.operations.selectors import queue_sizes
from yiwang.network.messaging.selectors import count_messages
from yiwang.network.messaging.types import MessageState

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
# Whoever makes up others must not make up time series.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_requests = Counter("yiwang_requests", "Requests answered", ["method", "route", "status"])
_seconds = Histogram("yiwang_request_seconds", "Time to answer", ["route"], buckets=BUCKETS)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Notes one answered request under its route's pattern."""
    _requests.labels(method if method in METHODS else "-", route, str(status)).inc()
    _seconds.labels(route).observe(seconds)


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """All counters of all processes, and the present sizes of queue and outbox."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    gauge = Gauge("yiwang_jobs", "Jobs by state", ["state"], registry=registry)
    for state, count in queue_sizes().items():
        gauge.labels(state).set(count)
    outbox = Gauge("yiwang_messages", "Messages by state", ["state"], registry=registry)
    for message_state in (MessageState.QUEUED, MessageState.FAILED):
        outbox.labels(message_state.value).set(count_messages(message_state))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

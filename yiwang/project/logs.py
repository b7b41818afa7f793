"""structlog for our own facts and for the standard library's records, one line each: readable text, or JSON."""

import logging.config
from typing import Any

import structlog

from yiwang.foundation.kernel.settings import Settings


class RoutesForPaths(logging.Filter):
    """Replaces the path by the route's pattern in what Django logs about a request: paths hold tokens."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        path = getattr(request, "path", None)
        if path and isinstance(record.args, tuple):
            match = getattr(request, "resolver_match", None)
            route = match.route if match else "-"
            record.args = tuple(route if argument == path else argument for argument in record.args)
        return True


LEVELS = {
    "yiwang": {"level": "INFO"},
    "granian": {"level": "WARNING"},
    # RequestLog tells of failed requests, without their paths; the pool would tell of every try to reconnect.
    "django.request": {"level": "CRITICAL"},
    "psycopg.pool": {"level": "ERROR"},
}


def configure_logs(settings: Settings) -> None:
    """Sets up logging for this process; called once when Django's settings load."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "facts": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                    "foreign_pre_chain": shared,
                }
            },
            "filters": {"routes": {"()": RoutesForPaths}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "facts", "filters": ["routes"]}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": LEVELS,
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )

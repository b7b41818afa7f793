"""What a command needs before it can work: a database that answers and Django."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.utils import translation

from yiwang.foundation.kernel.settings import Settings, get_settings
from yiwang.project.loading import load_django
from yiwang.project.postgres import database_for_command


@contextmanager
def open_city(*, is_migrated: bool = True) -> Iterator[Settings]:
    """Settings, with Django loaded and a database that answers, for the length of a command; it speaks English.

    Raises CannotStart when there is no database, or, unless ``is_migrated`` is False, when migrations are waiting.
    """
    settings = get_settings()
    with database_for_command(settings, say):
        load_django()
        if is_migrated:
            from yiwang.project.health import refuse_old_tables

            refuse_old_tables()
        with translation.override("en"):
            yield settings


def say(text: str) -> None:
    """Tells the person at the terminal what is going on; results go to standard output, this goes to the other."""
    click.echo(text, err=True)

"""Named by Django's rules for database backends; see ``is_usable``."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


def is_line_open(connection: "psycopg.Connection[Any] | psycopg.AsyncConnection[Any]") -> bool:
    """Whether the server still holds its end of an idle connection, asked of the kernel instead of the server.

    A server that stopped or was killed has closed the socket, which makes it readable; an idle, healthy connection has
    nothing to read. What this cannot see, a network that swallows packets, fails in the next query just as it would
    right after a SELECT 1.
    """
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    return not poll.poll(0)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is kept over requests and looked at before each is served."""

    def is_usable(self) -> bool:
        """See ``is_line_open``. Django sends SELECT 1 here, one round trip more in every request."""
        return self.connection is not None and is_line_open(self.connection)

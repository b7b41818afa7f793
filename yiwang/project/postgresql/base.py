"""Named by Django's rules for database backends; see ``is_usable``."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is kept over requests and looked at before each is served."""

    def is_usable(self) -> bool:
        """Whether the server still holds its end of the idle connection, asked of the kernel instead of the server.

        Django sends SELECT 1 here, one round trip more in every request. A server that stopped or was killed has closed
        the socket, which makes it readable; an idle, healthy connection has nothing to read. What this cannot see, a
        network that swallows packets, fails in the first query just as it would right after a SELECT 1.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
        return not poll.poll(0)

"""Prints letters to standard output: for trying things out."""

import sys

from yiwang.network.messaging.letters import Letter


class ConsoleAdapter:
    """Prints and never fails."""

    def deliver(self, letter: Letter) -> None:
        sys.stdout.write(f"--- {letter.message_id}\nTo: {letter.to}\nSubject: {letter.subject}\n\n{letter.body}\n")
        sys.stdout.flush()

"""Writes each letter to a file of its own (mode 0600): the outbox of a city that has no mail server yet."""

import os
from email.message import EmailMessage
from pathlib import Path

from yiwang.network.messaging.errors import DeliveryFailed
from yiwang.network.messaging.letters import Letter


class FileAdapter:
    """A repeated delivery replaces the file, because its name is the message id."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def deliver(self, letter: Letter) -> None:
        message = EmailMessage()
        message["Message-ID"], message["From"], message["To"] = letter.message_id, self._sender, letter.to
        message["Subject"] = letter.subject
        message.set_content(letter.body)
        name = letter.message_id.strip("<>").split("@")[0]
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = self._folder / f".{name}.part"
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(message.as_bytes())
            part.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise DeliveryFailed(reason=error.strerror or "file system") from error

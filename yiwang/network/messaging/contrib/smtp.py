"""Sends letters by SMTP: ``smtp://user:password@host:port`` (STARTTLS where offered) or ``smtps://``."""

import smtplib
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from yiwang.network.messaging.errors import DeliveryFailed
from yiwang.network.messaging.letters import Letter

TIMEOUT_S = 20


class SmtpAdapter:
    """One connection per letter; the message id lets the receiver recognise a repeated delivery."""

    def __init__(self, url: str, sender: str) -> None:
        self._url = urlsplit(url)
        self._sender = sender

    def deliver(self, letter: Letter) -> None:
        message = EmailMessage()
        message["Message-ID"], message["From"], message["To"] = letter.message_id, self._sender, letter.to
        message["Subject"] = letter.subject
        message.set_content(letter.body)
        try:
            with self._connect() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            # The server's words may repeat the address; the kind of failure is enough for the operators.
            raise DeliveryFailed(reason=type(error).__name__) from error

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_S)
        else:
            server = smtplib.SMTP(host, port or 25, timeout=TIMEOUT_S)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls()
        if self._url.username:
            server.login(unquote(self._url.username), unquote(self._url.password or ""))
        return server

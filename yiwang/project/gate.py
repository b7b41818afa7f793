"""The gate of a web process: between granian, which speaks HTTP, and Django, which answers in threads.

A request is received whole before a thread is given to it, so slow or silent clients hold none; what is too large, too
slow or too much is refused here, at the cost of a few microseconds. Django is called by its WSGI interface.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from granian.rsgi import HTTPProtocol, ProtocolClosed, Scope  # type: ignore[attr-defined]

from yiwang.foundation.kernel.settings import Settings
from yiwang.project.admission import Admission
from yiwang.project.metrics import count_request
from yiwang.project.refusals import Refusal, Refusals

Headers = list[tuple[str, str]]
Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# Operators must be able to see how a crowded city is.
ALWAYS_OPEN = ("/healthz", "/readyz", "/metrics")
# A body has so long, and longer if it is large: slower than 40 KB/s is not a line but an attack.
RECEIVE_S = 20.0
RECEIVE_BYTES_S = 40_000
# A client that takes no part of a stream for so long has gone.
SEND_S = 30.0
# What others call it when a client went away: for the counters only, nobody receives it.
GONE = 499
IN_MEMORY = 64 * 1024
CHUNK = 256 * 1024
# Forms carry text beside their files.
TEXT_BYTES = 2 * 1024 * 1024


@dataclass
class _Reply:
    status: int
    headers: Headers
    body: bytes
    rest: IO[bytes] | None = None


class _WholeFile:
    """PEP 3333's file wrapper: the gate sends the file itself, without a thread of Django's."""

    def __init__(self, file: IO[bytes], _block_size: int = CHUNK) -> None:
        self.file = file


class Gate:
    """An RSGI application around a WSGI one. ``refusals`` are the ready-made answers to those who cannot come in."""

    def __init__(self, application: Application, settings: Settings, refusals: Refusals) -> None:
        self.application, self.refusals = application, refusals
        self.admission = Admission()
        self.pool = ThreadPoolExecutor(settings.web_threads, thread_name_prefix="request")
        self.trusts_proxy = settings.trust_proxy
        self.largest = TEXT_BYTES + 1024 * 1024 * max(
            settings.upload_limit_mb * settings.upload_count, settings.video_limit_mb
        )
        self.base: Environ = {
            "SCRIPT_NAME": "",
            "wsgi.version": (1, 0),
            "wsgi.errors": _Silent(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "wsgi.file_wrapper": _WholeFile,
        }

    async def __call__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        source, size = self._source(scope), _declared(scope)
        if size > self.largest:
            self._refuse(Refusal.TOO_LARGE, scope, protocol)
        elif _may_be_cut(scope):
            self._refuse(Refusal.NO_LENGTH, scope, protocol)
        elif scope.path in ALWAYS_OPEN:
            await self._attend(scope, protocol, source, is_patient=True)
        elif not self.admission.enter(source, size):
            self._refuse(Refusal.TOO_MANY, scope, protocol)
        else:
            try:
                await self._attend(scope, protocol, source)
            except ProtocolClosed:  # the client went away while it spoke
                count_request("-", "gate", GONE, 0.0)
            finally:
                self.admission.leave(source, size)

    async def _attend(self, scope: Scope, protocol: HTTPProtocol, source: str, is_patient: bool = False) -> None:
        if self.admission.is_full and not is_patient:
            self._refuse(Refusal.BUSY, scope, protocol)
            return
        try:
            body = await self._receive(scope, protocol)
        except TimeoutError:
            self._refuse(Refusal.TOO_SLOW, scope, protocol)
            return
        if body is None:
            self._refuse(Refusal.TOO_LARGE, scope, protocol)
            return
        environ = self._environ(scope, source, body)
        since = float("inf") if is_patient else time.monotonic()
        loop = asyncio.get_running_loop()
        self.admission.waiting += 1
        try:
            reply = await loop.run_in_executor(self.pool, self._answer, environ, since, protocol, loop)
        finally:
            self.admission.waiting -= 1
        if isinstance(reply, Refusal):
            self._refuse(reply, scope, protocol)
        elif reply is not None:
            await _send(reply, protocol)

    def _answer(
        self, environ: Environ, since: float, protocol: HTTPProtocol, loop: asyncio.AbstractEventLoop
    ) -> _Reply | Refusal | None:
        """Runs in a thread. None where the answer has been streamed already."""
        if self.admission.is_too_late(since):
            return Refusal.BUSY
        with cast(IO[bytes], environ["wsgi.input"]):
            start = _Start()
            parts = self.application(environ, start)
            if isinstance(parts, _WholeFile):
                first = parts.file.read(CHUNK)
                if len(first) == CHUNK:
                    return _Reply(start.status, start.headers, first, parts.file)
                parts.file.close()
                return _Reply(start.status, start.headers, first)
            try:
                if getattr(parts, "streaming", False):
                    _stream(start, parts, protocol, loop)
                    return None
                return _Reply(start.status, start.headers, b"".join(parts))
            finally:
                cast(Any, parts).close()

    async def _receive(self, scope: Scope, protocol: HTTPProtocol) -> IO[bytes] | None:
        """The body, on the disk when it is large. None: larger than anything we take.

        Raises TimeoutError, and ProtocolClosed when the client left before it had said all.
        """
        size = _declared(scope)
        if scope.method in ("GET", "HEAD") and not size and "transfer-encoding" not in scope.headers:
            return BytesIO()
        async with asyncio.timeout(RECEIVE_S + size / RECEIVE_BYTES_S):
            if 0 < size <= IN_MEMORY:
                return BytesIO(await protocol())
            body = cast(IO[bytes], SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed by who answers
            async for part in protocol:
                body.write(part)
                if body.tell() > self.largest:
                    body.close()
                    return None
        # Half a request ends like a whole one here; it must never be taken for one.
        if body.tell() < size:
            raise ProtocolClosed
        return body

    def _environ(self, scope: Scope, source: str, body: IO[bytes]) -> Environ:
        host, _, port = scope.server.rpartition(":")
        environ = {
            **self.base,
            "REQUEST_METHOD": scope.method,
            "PATH_INFO": scope.path.encode().decode("latin-1"),
            "QUERY_STRING": scope.query_string,
            "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "REMOTE_ADDR": _host(scope.client),
            "wsgi.input": body,
            "wsgi.url_scheme": scope.scheme,
        }
        for name, value in scope.headers.items():
            # X_Real-IP would become the same name as X-Real-IP, past the proxy that sets it.
            if "_" not in name:
                key = f"HTTP_{name.upper().replace('-', '_')}"
                environ[key] = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}" if key in environ else value
        if scope.authority:
            environ["HTTP_HOST"] = scope.authority
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        environ.pop("HTTP_CONTENT_LENGTH", None)
        environ["CONTENT_LENGTH"] = str(_length(body))
        return environ

    def _source(self, scope: Scope) -> str:
        forwarded = scope.headers.get("x-forwarded-for") if self.trusts_proxy else None
        return str(forwarded).rpartition(",")[2].strip() if forwarded else _host(scope.client)

    def _refuse(self, refusal: Refusal, scope: Scope, protocol: HTTPProtocol) -> None:
        language = str(scope.headers.get("accept-language") or "")
        status, headers, body = self.refusals.answer(refusal, is_api=scope.path.startswith("/api/"), language=language)
        protocol.response_bytes(status, headers, body)
        count_request("-", "gate", status, 0.0)


class _Start:
    """PEP 3333's start_response."""

    status: int
    headers: Headers

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> None:
        self.status, self.headers = int(status[:3]), headers


class _Silent:
    """PEP 3333's error stream; what Django has to say goes to its log."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...


async def _send(reply: _Reply, protocol: HTTPProtocol) -> None:
    if reply.rest is None:
        protocol.response_bytes(reply.status, reply.headers, reply.body)
        return
    try:
        line = protocol.response_stream(reply.status, reply.headers)
        part = reply.body
        while part:
            async with asyncio.timeout(SEND_S):
                await line.send_bytes(part)
            part = await asyncio.to_thread(reply.rest.read, CHUNK)
    except (ProtocolClosed, TimeoutError):
        pass
    finally:
        await asyncio.to_thread(reply.rest.close)


def _stream(start: _Start, parts: Iterable[bytes], protocol: HTTPProtocol, loop: asyncio.AbstractEventLoop) -> None:
    """Sends what is made while it is sent. A thread is held; a reader who takes nothing for long loses it."""

    async def begin() -> Any:
        return protocol.response_stream(start.status, start.headers)

    line = asyncio.run_coroutine_threadsafe(begin(), loop).result(SEND_S)
    try:
        for chunk in _chunks(parts):
            asyncio.run_coroutine_threadsafe(line.send_bytes(chunk), loop).result(SEND_S)
    except (ProtocolClosed, TimeoutError):
        pass


def _chunks(parts: Iterable[bytes]) -> Iterator[bytes]:
    chunk = bytearray()
    for part in parts:
        chunk += part
        if len(chunk) >= CHUNK:
            yield bytes(chunk)
            chunk.clear()
    if chunk:
        yield bytes(chunk)


def _may_be_cut(scope: Scope) -> bool:
    """Whether half of the body would look like the whole: its length is not told, and only JSON shows its own end."""
    is_json = str(scope.headers.get("content-type") or "").startswith("application/json")
    return "transfer-encoding" in scope.headers and not is_json


def _declared(scope: Scope) -> int:
    text = str(scope.headers.get("content-length") or "0")
    return int(text) if text.isdecimal() and len(text) < 20 else 0


def _length(body: IO[bytes]) -> int:
    length = body.seek(0, 2)
    body.seek(0)
    return length


def _host(address: str) -> str:
    return address.rpartition(":")[0].strip("[]")

"""Both stores keep the same promises. The bucket is a small server in this process that keeps objects as S3 does."""

import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

from yiwang.foundation.files.stores import name_of
from yiwang.foundation.files.stores.local import LocalStore
from yiwang.foundation.files.stores.s3 import S3Store
from yiwang.foundation.kernel.errors import SettingInvalid
from yiwang.foundation.kernel.settings import FileStore

KEY = "the-access-key"


class Bucket(BaseHTTPRequestHandler):
    """PUT, GET, HEAD, DELETE of objects and the list of them, for whoever signs with our key."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]

    def handle_any(self):
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            return self.give(403, self.error("AccessDenied"))
        if bucket != "city":
            return self.give(404, self.error("NoSuchBucket"))
        if self.command == "GET" and not key:
            return self.give(200, self.listing(parse_qs(parts.query)))
        if self.command == "PUT":
            self.objects[key] = body
            return self.give(200, b"")
        if self.command == "DELETE":
            self.objects.pop(key, None)
            return self.give(204, b"")
        return self.give(200, self.objects[key]) if key in self.objects else self.give(404, self.error("NoSuchKey"))

    do_GET = do_PUT = do_HEAD = do_DELETE = handle_any  # noqa: N815 - the server looks for these names

    def listing(self, query):
        prefix = query.get("prefix", [""])[0]
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size>"
            "<LastModified>2026-11-23T02:00:00.000Z</LastModified></Contents>"
            for key, content in self.objects.items()
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()

    @staticmethod
    def error(code):
        return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()

    def give(self, status, body):
        content_range = self.headers.get("Range", "").removeprefix("bytes=")
        size = len(body)
        if status == 200 and content_range and self.command == "GET":
            first, last = (int(number) for number in content_range.split("-"))
            status, body = 206, body[first : last + 1]
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml" if status >= 400 else "application/octet-stream")
        self.send_header("Last-Modified", formatdate(1_795_000_000, usegmt=True))
        self.send_header("ETag", '"0"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def bucket():
    handler = type("OwnBucket", (Bucket,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", handler.objects
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["local", "s3"])
def store(request, tmp_path):
    if request.param == "local":
        return LocalStore(tmp_path / "files")
    endpoint, _ = request.getfixturevalue("bucket")
    return S3Store(FileStore(None, "city", "below/here", endpoint, "us-east-1"), KEY, "secret")


def test_what_is_put_comes_back_and_is_gone_once_deleted(store):
    content = bytes(range(256)) * 1000
    name, _ = name_of(content)
    assert not store.has(name)
    for _time in range(2):
        store.put(name, content)
    assert store.has(name)
    with store.open(name) as found:
        assert found.read() == content
    assert [(entry.name, entry.size_bytes) for entry in store.entries()] == [(name, len(content))]
    for _time in range(2):
        store.delete(name)
    assert not store.has(name)
    assert list(store.entries()) == []
    with pytest.raises(FileNotFoundError):
        store.open(name)


def test_no_name_of_somebody_elses_choosing_is_taken(store):
    for use in (store.open, store.delete, store.has, lambda name: store.put(name, b"x")):
        with pytest.raises(ValueError, match="not a name"):
            use("../x")


def test_a_wrong_key_and_a_server_that_is_away_are_told_as_errors_of_the_store(bucket):
    name, _ = name_of(b"x")
    for place, key in ((bucket[0], "another"), ("http://127.0.0.1:9", KEY)):
        store = S3Store(FileStore(None, "city", "", place, "us-east-1"), key, "secret")
        with pytest.raises(OSError, match=r"."):
            store.put(name, b"x")
    assert not bucket[1]


def test_the_setting_says_folder_or_bucket(tmp_path):
    assert FileStore.parse("X", f"local:{tmp_path}").folder == tmp_path
    place = FileStore.parse("X", "s3://city/a/b?endpoint=https://store.example:9000&region=cn-north-1")
    assert (place.folder, place.bucket, place.prefix) == (None, "city", "a/b")
    assert (place.endpoint, place.region) == ("https://store.example:9000", "cn-north-1")
    for wrong in (
        "",
        "local:",
        "/srv/files",
        "s3://city",
        "s3://?endpoint=https://x",
        "s3://city?endpoint=x",
        "ftp://x",
    ):
        with pytest.raises(SettingInvalid):
            FileStore.parse("X", wrong)

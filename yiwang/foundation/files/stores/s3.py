"""A bucket that speaks S3, through Arrow's client (pyarrow is here for imports and exports anyway)."""

import os
from collections.abc import Iterator
from typing import IO, cast
from urllib.parse import urlsplit

import pyarrow.fs as arrow

from yiwang.foundation.files.stores.names import NAME, Entry, check_name
from yiwang.foundation.kernel.settings import FileStore

TIMEOUT_S = 10


class S3Store:
    """A bucket, or the part of one below a prefix. The access key and secret are ours alone."""

    def __init__(self, place: FileStore, access_key: str, secret_key: str) -> None:
        # Checksums behind the content are young; many stores that speak S3 refuse them. Ours is the name itself.
        os.environ.setdefault("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
        endpoint = urlsplit(place.endpoint)
        self._root = f"{place.bucket}/{place.prefix}".rstrip("/")
        self._files = arrow.S3FileSystem(
            access_key=access_key,
            secret_key=secret_key,
            endpoint_override=endpoint.netloc,
            scheme=endpoint.scheme,
            region=place.region,
            connect_timeout=TIMEOUT_S,
            request_timeout=TIMEOUT_S,
            allow_bucket_creation=False,
            background_writes=False,
            allow_delayed_open=True,
        )

    def put(self, name: str, content: bytes) -> None:
        with self._files.open_output_stream(self._path(name)) as stream:
            stream.write(content)

    def open(self, name: str) -> IO[bytes]:
        return cast(IO[bytes], self._files.open_input_file(self._path(name)))

    def has(self, name: str) -> bool:
        return bool(self._files.get_file_info(self._path(name)).type == arrow.FileType.File)

    def delete(self, name: str) -> None:
        if self.has(name):
            self._files.delete_file(self._path(name))

    def entries(self) -> Iterator[Entry]:
        for found in self._files.get_file_info(arrow.FileSelector(self._root, recursive=True, allow_not_found=True)):
            name = found.path.removeprefix(f"{self._root}/")
            if found.type == arrow.FileType.File and NAME.fullmatch(name):
                yield Entry(name, found.size, found.mtime)

    def _path(self, name: str) -> str:
        return f"{self._root}/{check_name(name)}"

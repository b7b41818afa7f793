"""A folder on this machine. No Django."""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from yiwang.foundation.files.stores.names import NAME, Entry, check_name

DRAFT = ".draft-"


class LocalStore:
    """A folder on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        if path.exists() and path.stat().st_size == len(content):
            os.utime(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{DRAFT}{secrets.token_hex(8)}")
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _sync(path.parent)

    def open(self, name: str) -> IO[bytes]:
        return self._path(name).open("rb")

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def entries(self) -> Iterator[Entry]:
        """Drafts of programs that were killed while writing are among them, under names of their own."""
        for path in self._folder.glob("??/??/*") if self._folder.exists() else ():
            found = path.stat()
            name = path.relative_to(self._folder).as_posix()
            if NAME.fullmatch(name) or path.name.startswith(DRAFT):
                yield Entry(name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _path(self, name: str) -> Path:
        if name.rpartition("/")[2].startswith(DRAFT) and re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[\w.-]+", name):
            return self._folder / name
        return self._folder / check_name(name)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

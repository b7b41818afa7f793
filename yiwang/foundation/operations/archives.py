"""Backup archives: a compressed tar with a manifest at its end that names every member and its SHA-256. No Django.

The manifest comes last so that the archive is written in one pass; it is complete only if the manifest is there.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from yiwang.foundation.operations.errors import ArchiveInvalid

FORMAT = 1
MANIFEST = "manifest.json"
COMPRESSIONS = {".tar.zst": "zstd", ".tar.gz": "gzip"}


class ArchiveWriter:
    """An archive being written. ``digests`` holds SHA-256 by member name."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.digests: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """Adds the file at ``path`` as member ``name``."""
        with path.open("rb") as file:
            self.digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
        self._tar.add(path, arcname=name, recursive=False)

    def finish(self, manifest: dict[str, Any]) -> None:
        """Adds the manifest, the last member."""
        body = json.dumps(
            {"format": FORMAT, **manifest, "members": self.digests}, ensure_ascii=False, indent=1
        ).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size = len(body)
        self._tar.addfile(entry, io.BytesIO(body))


@contextmanager
def create_archive(target: Path) -> Iterator[ArchiveWriter]:
    """Writes ``target`` (.tar.zst or .tar.gz, mode 0600) as a whole or not at all. Raises ArchiveInvalid."""
    draft = target.with_name(f"{target.name}.part")
    compression = _compression_of(target)
    try:
        with (
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            pa.CompressedOutputStream(file, compression) as stream,
            tarfile.open(fileobj=stream, mode="w|") as tar,
        ):
            yield ArchiveWriter(tar)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def extract_archive(source: Path, folder: Path) -> dict[str, Any]:
    """Unpacks ``source`` into ``folder``, checks every digest and returns the manifest. Raises ArchiveInvalid."""
    try:
        with (
            source.open("rb") as file,
            pa.CompressedInputStream(file, _compression_of(source)) as stream,
            tarfile.open(fileobj=stream, mode="r|") as tar,
        ):
            tar.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, EOFError, ValueError, tarfile.TarError) as error:
        raise ArchiveInvalid(path=str(source), reason=f"it is incomplete or no backup ({error})") from error
    if manifest.get("format") != FORMAT:
        raise ArchiveInvalid(path=str(source), reason=f"this program does not know its format {manifest.get('format')}")
    _check_members(source, folder, manifest["members"])
    return manifest


def _check_members(source: Path, folder: Path, digests: dict[str, str]) -> None:
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    for name in sorted(found ^ digests.keys()):
        raise ArchiveInvalid(path=str(source), reason=f"its list of members and its content differ ({name})")
    for name, digest in digests.items():
        with (folder / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != digest:
                raise ArchiveInvalid(path=str(source), reason=f"{name} was altered or damaged")


def _compression_of(path: Path) -> str:
    for ending, compression in COMPRESSIONS.items():
        if path.name.endswith(ending):
            return compression
    raise ArchiveInvalid(path=str(path), reason="its name must end in .tar.zst or .tar.gz")

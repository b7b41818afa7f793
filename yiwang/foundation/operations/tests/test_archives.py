"""An archive is complete or it is none."""

import hashlib

import pytest

from yiwang.foundation.kernel.errors import YiwangError
from yiwang.foundation.operations.archives import create_archive, extract_archive
from yiwang.foundation.operations.errors import ArchiveInvalid

PHOTO = b"a photo, as far as the archive is concerned"


@pytest.fixture
def small(tmp_path):
    """An archive of one member, and that member's path."""
    member = tmp_path / "member"
    member.write_bytes(PHOTO * 1000)
    return tmp_path / "small.tar.gz", member


def test_a_truncated_archive_is_refused(small, tmp_path):
    path, member = small
    with create_archive(path) as archive:
        archive.add("member", member)
        archive.finish({})
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ArchiveInvalid):
        extract_archive(path, tmp_path / "out")


@pytest.mark.parametrize("digests", [{"member": "0" * 64}, {}, {"member": "real", "missing": "0" * 64}])
def test_an_archive_whose_members_differ_from_its_list_is_refused(small, tmp_path, digests):
    path, member = small
    real = hashlib.sha256(member.read_bytes()).hexdigest()
    with create_archive(path) as archive:
        archive.add("member", member)
        archive.digests = {name: real if digest == "real" else digest for name, digest in digests.items()}
        archive.finish({})
    with pytest.raises(ArchiveInvalid):
        extract_archive(path, tmp_path / "out")


def test_a_failed_backup_leaves_no_file_and_keeps_the_old_one(small, tmp_path):
    path, member = small
    path.write_bytes(b"the backup of yesterday")
    with pytest.raises(RuntimeError), create_archive(path) as archive:
        archive.add("member", member)
        raise RuntimeError("the disk is gone")
    assert path.read_bytes() == b"the backup of yesterday"
    assert {entry.name for entry in tmp_path.iterdir()} == {path.name, member.name}


@pytest.mark.parametrize("name", ["city.zip", "city.tar"])
def test_other_kinds_of_archives_are_refused_with_a_sentence(tmp_path, name):
    with pytest.raises(YiwangError, match=r"\.tar\.zst"), create_archive(tmp_path / name):
        pass

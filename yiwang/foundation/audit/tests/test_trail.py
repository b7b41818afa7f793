"""Whoever changes the trail behind the city's back is found, and told where: all that database access allows."""

import json
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error

from yiwang.foundation.audit import copies
from yiwang.foundation.audit.errors import NothingSealed
from yiwang.foundation.audit.merkle import TILE
from yiwang.foundation.audit.models import AuditCheckpoint, AuditLeaf, AuditTile
from yiwang.foundation.audit.selectors import list_public_keys, prove, verify_trail
from yiwang.foundation.audit.services import record_many, seal_leaves
from yiwang.foundation.audit.services.sealing import BATCH
from yiwang.foundation.audit.types import NewLeaf
from yiwang.foundation.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
SCRIPT = Path(__file__).parents[4] / "tools" / "verify_proof.py"


@pytest.fixture(autouse=True)
def outside(tmp_path, monkeypatch):
    """An empty trail, and a folder for the copies outside the database."""
    attack("TRUNCATE audit_auditleaf")
    monkeypatch.setattr(copies, "folder", lambda: tmp_path / "audit")
    return tmp_path / "audit"


def write(count, first=1):
    leaves = [
        NewLeaf("audit.trail_read", "case", UUID(int=number), {"步骤": number}, f"理由 {number}")
        for number in range(first, first + count)
    ]
    with transaction.atomic():
        record_many(leaves, viewer=SYSTEM, now=NOW)


def seal():
    """Seals all there is and counts it; tests beside this one, in databases of the same server, may make it wait."""
    end, sealed = time.monotonic() + 60, seal_leaves(now=NOW)
    while AuditLeaf.objects.count() > sum(len(tile.seqs) for tile in AuditTile.objects.all()):
        assert time.monotonic() < end, "something is never sealed"
        time.sleep(0.05)
        sealed += seal_leaves(now=NOW)
    return sealed


def attack(sql, *values):
    """What somebody does who may do everything in the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)


def faults(**options):
    return [(fault.kind.value, fault.seq) for fault in verify_trail(whole=True, viewer=SYSTEM, **options).faults]


@pytest.fixture
def sealed():
    """A trail of three tiles, the last one partial, sealed in two goes; its numbers in order."""
    write(TILE + 10)
    seal()
    write(TILE + 10, first=TILE + 11)
    seal()
    assert faults() == []
    return list(AuditLeaf.objects.order_by("seq").values_list("seq", flat=True))


def test_what_was_written_is_sealed_once_and_found_right(sealed):
    assert seal() == 0
    found = verify_trail(whole=True, viewer=SYSTEM)
    assert (found.size, found.count, found.checkpoints, found.has_copy) == (2 * TILE + 20, 2 * TILE + 20, 2, True)


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "action = 'identity.logged_in'",
        "actor_kind = 'user'",
        "actor_id = gen_random_uuid()",
        "subject_kind = 'report'",
        "subject_id = gen_random_uuid()",
        "detail = '{}'",
        "reason = 'another'",
        "nonce = NULL",
        "nonce = '\\x00000000000000000000000000000000'",
        "commitment = '\\x00'",
    ],
)
def test_an_altered_leaf_is_found_and_located(sealed, change):
    attack(f"UPDATE audit_auditleaf SET {change} WHERE seq = %s", sealed[300])
    assert faults() == [("altered", sealed[300])]


def test_deleted_inserted_swapped_and_renumbered_leaves_are_found_and_located(sealed):
    attack("DELETE FROM audit_auditleaf WHERE seq = %s", sealed[5])
    assert faults() == [("deleted", sealed[5])]
    attack(
        "INSERT INTO audit_auditleaf SELECT %s, xid, at, actor_kind, actor_id, action, subject_kind, subject_id,"
        " commitment, detail, reason, nonce FROM audit_auditleaf WHERE seq = %s",
        sealed[5],
        sealed[6],
    )
    assert faults() == [("altered", sealed[5])]
    attack("UPDATE audit_auditleaf SET seq = -1 WHERE seq = %s", sealed[5])
    assert faults() == [("deleted", sealed[5]), ("inserted", -1)]


def test_a_reordered_tree_is_found_and_located_between_checkpoints(sealed):
    tile = AuditTile.objects.get(index=1)
    nodes, seqs = tile.nodes, list(tile.seqs)
    nodes[20], nodes[30], seqs[20], seqs[30] = nodes[30], nodes[20], seqs[30], seqs[20]
    attack("UPDATE audit_audittile SET hashes = %s, seqs = %s, root = root WHERE index = 1", b"".join(nodes), seqs)
    found = verify_trail(whole=True, viewer=SYSTEM).faults
    assert [fault.kind.value for fault in found] == ["tree", "order"]
    assert found[1].position == TILE + 10, "it was right up to the first checkpoint"


def test_a_tree_without_its_end_or_without_a_part_is_found(sealed):
    attack("DELETE FROM audit_audittile WHERE index = 2")
    assert ("tree", None) in faults() and ("inserted", sealed[-1]) in faults()


def test_a_trail_put_back_to_an_earlier_state_is_found_by_the_copy_outside(sealed):
    attack("DELETE FROM audit_auditleaf WHERE seq > %s", sealed[TILE + 9])
    attack("DELETE FROM audit_auditcheckpoint WHERE size > %s", TILE + 10)
    attack("DELETE FROM audit_audittile WHERE index > 1")
    tile = AuditTile.objects.get(index=1)
    attack(
        "UPDATE audit_audittile SET seqs = %s, hashes = %s, root = '' WHERE index = 1",
        tile.seqs[:10],
        tile.hashes[:320],
    )
    found = verify_trail(whole=True, viewer=SYSTEM).faults
    assert [fault.kind.value for fault in found] == ["rolled_back"]
    assert str(2 * TILE + 20) in found[0].note


def test_a_copy_kept_elsewhere_finds_it_where_the_first_copy_was_taken_too(sealed, outside, tmp_path):
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_text((outside / "checkpoints.jsonl").read_text())
    for name in ("audit_auditcheckpoint", "audit_audittile", "audit_auditleaf"):
        attack(f"DELETE FROM {name}")
    (outside / "checkpoints.jsonl").unlink()
    assert not verify_trail(whole=True, viewer=SYSTEM).has_copy
    assert faults(against=elsewhere) == [("rolled_back", None)]
    write(3 * TILE)
    seal()
    assert faults(against=elsewhere) == [("forked", None)]


def test_a_forged_checkpoint_is_found(sealed):
    attack("UPDATE audit_auditcheckpoint SET root = %s WHERE size = %s", b"x" * 32, TILE + 10)
    assert {kind for kind, _seq in faults()} == {"checkpoint", "order", "forked"}
    attack("UPDATE audit_auditcheckpoint SET signature = %s", b"x" * 64)
    assert "signature" in {kind for kind, _seq in faults()}


def test_a_second_verification_reads_only_what_is_new(sealed):
    assert verify_trail(whole=False, viewer=SYSTEM).start == 2 * TILE
    write(5, first=10_000)
    seal()
    found = verify_trail(whole=False, viewer=SYSTEM)
    assert (found.start, found.count, found.faults) == (2 * TILE, 25, [])
    attack("UPDATE audit_auditleaf SET reason = 'x' WHERE seq = %s", sealed[-1])
    assert [fault.seq for fault in verify_trail(whole=False, viewer=SYSTEM).faults] == [sealed[-1]]


def test_a_leaf_whose_transaction_is_still_running_is_waited_for(sealed):
    """Its number is lower than those already sealed; nothing is passed over, and writers never wait."""
    is_written, may_commit = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                record_many([NewLeaf("audit.trail_read", "case", UUID(int=1), {})], viewer=SYSTEM, now=NOW)
                is_written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert is_written.wait(10)
    write(3, first=20_000)
    assert seal_leaves(now=NOW) == 0, "the older transaction is still running"
    write(1, first=30_000)
    may_commit.set()
    thread.join()
    assert seal() == 5
    assert faults() == []


def test_after_a_backup_was_put_back_into_another_database_sealing_goes_on(sealed):
    attack("UPDATE audit_auditcheckpoint SET cluster = 'another', last_xid = last_xid + 1000000")
    write(7, first=40_000)
    assert seal() == 7
    write(7, first=50_000)
    assert seal() == 7
    assert faults() == []


def test_the_trail_only_grows_and_erasing_takes_all_that_names_people_and_nothing_else(sealed):
    for sql in ("DELETE FROM audit_auditleaf", "UPDATE audit_auditleaf SET reason = ''"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    erased: dict[str, Any] = {"nonce": None, "subject_id": UUID(int=0), "actor_id": None, "detail": {}, "reason": ""}
    with pytest.raises(Error), transaction.atomic():
        AuditLeaf.objects.filter(seq=sealed[3]).update(**erased, action="x")
    AuditLeaf.objects.filter(seq=sealed[3]).update(**erased)
    assert faults() == []


def judge(proof, key=None, *more):
    """What the script says that knows nothing of us, and its exit code."""
    key = key or list_public_keys()[1]
    command = [sys.executable, str(SCRIPT), "--key", key, *more, "-"]
    answer = subprocess.run(command, input=json.dumps(proof), text=True, capture_output=True, check=False)
    return answer.returncode, answer.stdout + answer.stderr


def test_a_proof_convinces_without_us_and_no_altered_one_does(sealed):
    proof = json.loads(json.dumps(prove([UUID(int=7), UUID(int=300)], viewer=SYSTEM, now=NOW)))
    code, said = judge(proof)
    assert code == 0 and "2 entries" in said
    for change in ("reason", "at", "action", "subject", "commitment", "nonce"):
        forged = json.loads(json.dumps(proof))
        forged["leaves"][1][change] = "2026-11-24T02:00:00.000001Z" if change == "at" else "00"
        assert judge(forged)[0] == 1, change
    forged = json.loads(json.dumps(proof))
    forged["leaves"][0]["position"] += 1
    assert judge(forged)[0] == 1
    forged = json.loads(json.dumps(proof))
    forged["checkpoint"]["size"] += 1
    assert judge(forged)[0] == 1
    assert judge(proof, key="00" * 32)[0] == 1
    assert judge({})[0] == 2


def test_what_is_not_sealed_yet_cannot_be_proven():
    write(1)
    with pytest.raises(NothingSealed):
        prove([UUID(int=1)], viewer=SYSTEM, now=NOW)


def test_batches_follow_each_other(monkeypatch):
    monkeypatch.setattr("yiwang.foundation.audit.services.sealing.BATCH", 100)
    write(1)
    seal()
    write(350, first=2)
    assert seal() == 350
    assert AuditCheckpoint.objects.count() == 5 and BATCH > 100
    assert faults() == []

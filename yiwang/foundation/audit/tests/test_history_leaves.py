"""The leaves of an import are the leaves of a single change, only written faster."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from yiwang.foundation.audit.leaves import commit
from yiwang.foundation.audit.models import AuditLeaf
from yiwang.foundation.audit.services import record_history, record_many
from yiwang.foundation.audit.types import NewLeaf
from yiwang.foundation.kernel.viewer import SYSTEM

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LEAVES = [NewLeaf("audit.trail_read", "case", UUID(int=number), {"说明": 'a\\b\t"\n'}, "理由") for number in (1, 2)]


@pytest.mark.django_db
def test_both_ways_write_the_same_leaves():
    record_many(LEAVES, viewer=SYSTEM, now=NOW)
    record_history(LEAVES, viewer=SYSTEM, now=NOW)
    names = ("xid", "at", "actor_kind", "actor_id", "action", "subject_id", "detail", "reason")
    leaves = AuditLeaf.objects.filter(action=LEAVES[0].action).order_by("seq")
    rows = [[getattr(leaf, name) for name in names] for leaf in leaves]
    assert rows[:2] == rows[2:]
    assert rows[0] != rows[1]
    for leaf in leaves:
        private = {name: getattr(leaf, name) for name in ("subject_id", "actor_id", "detail", "reason")}
        assert commit(bytes(leaf.nonce), **private) == bytes(leaf.commitment)
    assert len({bytes(leaf.commitment) for leaf in leaves}) == 4


def test_no_transaction_no_trail():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        record_history(LEAVES, viewer=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_an_action_without_a_sentence_is_refused():
    with pytest.raises(RuntimeError, match="no registered sentence"):
        record_history([NewLeaf("nobody.knows", "case", UUID(int=1), {})], viewer=SYSTEM, now=NOW)

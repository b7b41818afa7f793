"""What can be read of the trail."""

from yiwang.foundation.audit.selectors.proving import list_public_keys, prove
from yiwang.foundation.audit.selectors.trail import (
    count_leaves,
    export_leaves,
    list_leaves,
    list_leaves_of,
    sealed_seq,
    search_leaves,
)
from yiwang.foundation.audit.selectors.verifying import verify_trail

__all__ = [
    "count_leaves",
    "export_leaves",
    "list_leaves",
    "list_leaves_of",
    "list_public_keys",
    "prove",
    "sealed_seq",
    "search_leaves",
    "verify_trail",
]

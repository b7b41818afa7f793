"""What can be done with the trail."""

from yiwang.foundation.audit.services.erasing import erase_links_before, erase_links_of
from yiwang.foundation.audit.services.recording import record, record_history, record_many
from yiwang.foundation.audit.services.sealing import seal_leaves

__all__ = ["erase_links_before", "erase_links_of", "record", "record_history", "record_many", "seal_leaves"]

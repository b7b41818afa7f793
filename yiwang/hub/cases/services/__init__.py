"""Everything that changes a case, one function per verb."""

from yiwang.hub.cases.services.erasing import erase_texts_before
from yiwang.hub.cases.services.exporting import export_cases
from yiwang.hub.cases.services.history import import_history
from yiwang.hub.cases.services.moves import (
    assign_case,
    change_secrecy,
    close_case,
    leave_to_operators,
    reclassify_case,
    reopen_case,
    reply_case,
    sign_case,
    start_handling,
)
from yiwang.hub.cases.services.opening import open_case
from yiwang.hub.cases.services.rating import rate_case

__all__ = [
    "assign_case",
    "change_secrecy",
    "close_case",
    "erase_texts_before",
    "export_cases",
    "import_history",
    "leave_to_operators",
    "open_case",
    "rate_case",
    "reclassify_case",
    "reopen_case",
    "reply_case",
    "sign_case",
    "start_handling",
]

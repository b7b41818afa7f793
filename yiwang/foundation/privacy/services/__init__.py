"""What can be done about personal data where nobody expects them, and about their end."""

from yiwang.foundation.privacy.services.deciding import decide_findings, erase_decisions_before, mark_words
from yiwang.foundation.privacy.services.erasing import erase_expired

__all__ = ["decide_findings", "erase_decisions_before", "erase_expired", "mark_words"]

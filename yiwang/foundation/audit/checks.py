"""What of the trail is personal."""

from yiwang.foundation.audit.services import erase_links_before
from yiwang.foundation.kernel.retention import PersonalData, register_personal

register_personal(
    PersonalData(
        "trail",
        ("audit.AuditLeaf.nonce", "audit.AuditLeaf.detail", "audit.AuditLeaf.reason"),
        erase_links_before,
    )
)

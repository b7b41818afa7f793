"""What of reports, codes and counters is personal."""

from yiwang.foundation.kernel.retention import PersonalData, register_personal
from yiwang.network.intake.services import erase_attempts_before, erase_reports_before

register_personal(
    PersonalData(
        "matter",
        (
            "intake.Report.text",
            "intake.Report.title",
            "intake.Report.address",
            "intake.Report.sent_point",
            "intake.Report.body_digest",
        ),
        erase_reports_before,
    )
)
register_personal(
    PersonalData(
        "attempt",
        ("intake.PhoneCode.phone_index", "intake.PhoneCode.digest", "intake.RateWindow.key"),
        erase_attempts_before,
    )
)

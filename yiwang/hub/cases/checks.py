"""What of cases is personal."""

from yiwang.foundation.kernel.retention import PersonalData, register_personal
from yiwang.hub.cases.services import erase_texts_before

register_personal(
    PersonalData(
        "matter",
        (
            "cases.Case.text",
            "cases.Case.title",
            "cases.Case.address",
            "cases.Case.reply",
            "cases.Case.imported",
            "cases.Case.content_digest",
            "cases.CaseEvent.reason",
        ),
        erase_texts_before,
    )
)

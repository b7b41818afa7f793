"""What of the public versions is personal: masked words may still tell a story somebody recognises."""

from yiwang.foundation.kernel.retention import PersonalData, register_personal
from yiwang.hub.publication.services import erase_public_before

register_personal(
    PersonalData(
        "matter",
        (
            "publication.PublicCase.title",
            "publication.PublicCase.text",
            "publication.PublicCase.reply",
            "publication.PublicCase.withdrawal",
        ),
        erase_public_before,
    )
)

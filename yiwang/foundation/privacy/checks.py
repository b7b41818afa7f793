"""The check whether the city has set how long everything personal is kept, and what of privacy's own is personal."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.kernel.checks import Finding, check
from yiwang.foundation.kernel.retention import PersonalData, register_personal
from yiwang.foundation.privacy.selectors import list_retention
from yiwang.foundation.privacy.services import erase_decisions_before


@check("retention", gettext_lazy("Retention of personal data"))
def check_retention() -> Finding:
    """Every period has its days."""
    missing = sorted(row.period for row in list_retention() if row.days is None)
    if missing:
        message = _("The city has not set how long these are kept: %(periods)s.") % {"periods": ", ".join(missing)}
        remedy = _("Add them to the part “retention” of the city's pack and install it. Until then nothing is erased.")
        return Finding("retention", "warning", message, remedy)
    return Finding("retention", "ok", _("It is set how long everything personal is kept."))


register_personal(
    PersonalData(
        "matter",
        ("privacy.FindingDecision.text_digest", "privacy.FindingDecision.reason"),
        erase_decisions_before,
    )
)

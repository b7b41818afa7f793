from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.kernel.permissions import register


@register
class PrivacyPermission(StrEnum):
    """Who may say what of a finding the public sees."""

    DECIDE = "privacy.decide"


class FindingKind(StrEnum):
    """What a piece of text looks like."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    RESIDENT_ID = "resident_id"
    BANK_CARD = "bank_card"
    PLATE = "plate"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    NAME = "name"
    ADDRESS = "address"
    PASSPORT = "passport"
    BY_HAND = "by_hand"


class Decision(StrEnum):
    """What a person said of a finding: accepted, it is masked; waived, with a reason, it may be shown."""

    ACCEPTED = "accepted"
    WAIVED = "waived"


LABELS: Mapping[FindingKind, Promise] = {
    FindingKind.MOBILE: _("Mobile number"),
    FindingKind.LANDLINE: _("Telephone number"),
    FindingKind.RESIDENT_ID: _("Resident identity number"),
    FindingKind.BANK_CARD: _("Bank card number"),
    FindingKind.PLATE: _("Number plate"),
    FindingKind.EMAIL: _("E-mail address"),
    FindingKind.WECHAT: _("WeChat account"),
    FindingKind.QQ: _("QQ number"),
    FindingKind.NAME: _("Name"),
    FindingKind.ADDRESS: _("Address to the door"),
    FindingKind.PASSPORT: _("Passport or travel permit number"),
    FindingKind.BY_HAND: _("Marked by a person"),
}
REASONS: Mapping[FindingKind, Promise] = {
    FindingKind.MOBILE: _("Eleven digits, or their characters, that begin like a mobile number."),
    FindingKind.LANDLINE: _("An area code and a number, or a number the sentence calls a telephone."),
    FindingKind.RESIDENT_ID: _(
        "A day of birth and the right check digit (GB 11643), or an old number the sentence calls so."
    ),
    FindingKind.BANK_CARD: _("Begins like a bank card, and Luhn's formula holds."),
    FindingKind.PLATE: _("A province, a letter and the characters of a plate (GA 36)."),
    FindingKind.EMAIL: _("An address with an @ and a domain."),
    FindingKind.WECHAT: _("The sentence calls it a WeChat account."),
    FindingKind.QQ: _("The sentence calls it a QQ number."),
    FindingKind.NAME: _("A surname behind a word that announces a name."),
    FindingKind.ADDRESS: _("A room, flat or house of a village group."),
    FindingKind.PASSPORT: _("The sentence calls it a passport or a travel permit."),
    FindingKind.BY_HAND: _("Somebody said that the public is not to see it."),
}


@dataclass(frozen=True)
class ReviewedFinding:
    """``texts[part][start:end]`` of a record looks like this kind, and what a person decided: nothing yet, or by whom.

    ``reason`` says why it may be shown, where it was waived.
    """

    part: str
    kind: FindingKind
    start: int
    end: int
    decision: Decision | None = None
    reason: str = ""
    decided_by: UUID | None = None
    decided_at: datetime | None = None

    @property
    def key(self) -> str:
        """Names it among the findings of the same texts."""
        return f"{self.part}.{self.kind}.{self.start}.{self.end}"


@dataclass(frozen=True)
class Choice:
    """What a person chose for one finding."""

    decision: Decision
    reason: str = ""


@dataclass(frozen=True)
class RetentionRow:
    """One period: its name and days (None where the city has not set it), the rule, and the fields it holds for."""

    period: str
    names: Mapping[str, str]
    days: int | None
    document: str
    article: str
    fields: tuple[str, ...]


register_actions(
    {
        "privacy.erased": _("Personal data whose time had come were erased"),
        "privacy.accepted": _("A finding of personal data is to be masked"),
        "privacy.waived": _("A finding of personal data may be shown"),
    }
)

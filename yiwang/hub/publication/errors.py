from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound


class PublicCaseNotFound(NotFound):
    code = "public_case_not_found"
    detail = _("This matter is not public, or not any more.")
    remedy = _("Look through the list of public matters.")


class FindingsUndecided(Conflict):
    code = "findings_undecided"
    title = _("Not everything is decided")
    detail = _("Nobody has decided yet about %(count)s findings of personal data.")
    remedy = _("Mask each of them, or say why it may be shown.")


class CaseSecret(Conflict):
    code = "case_secret"
    title = _("Not for the public")
    detail = _("Who may know of this case is restricted; it has no public version.")
    remedy = _("If that is no longer right, change its secrecy first.")


class NothingToRelease(Conflict):
    code = "nothing_to_release"
    title = _("There is nothing to show")
    detail = _("This case has no words.")
    remedy = _("There is nothing to be done.")


class NotReleased(Conflict):
    code = "not_released"
    title = _("Not public")
    detail = _("This case has no public version that could be withdrawn.")
    remedy = _("Load the page again.")


class WithdrawalReasonMissing(Invalid):
    code = "withdrawal_reason_missing"
    detail = _("Withdrawing needs a reason.")
    remedy = _("Write in a few words why; the trail will show it.")


class NothingCovered(Invalid):
    code = "nothing_covered"
    detail = _("No part of the photo is covered.")
    remedy = _("Draw a box over each face, plate and number, or confirm that nothing needs to be covered.")


class BoxInvalid(Invalid):
    code = "box_invalid"
    detail = _("A box must lie within the photo, at most %(limit)s of them.")
    remedy = _("Give its place in percent: left and top from 0, width and height at most up to 100.")

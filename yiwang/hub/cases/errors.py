from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound


class CaseNotFound(NotFound):
    code = "case_not_found"
    detail = _("This case does not exist, or it is not in your area of work.")
    remedy = _("Search for it by number or text.")


class MoveNotAllowed(Conflict):
    code = "move_not_allowed"
    title = _("Not possible in this state")
    detail = _("The case %(number)s is “%(state)s” now; “%(move)s” cannot be done from there.")
    remedy = _("Load the case again and choose one of the actions it offers.")


class CaseChanged(Conflict):
    """Somebody else acted between loading and acting."""

    code = "case_changed"
    detail = _(
        "While you were looking at case %(number)s, %(actor)s changed it (%(action)s). Your action was not carried out."
    )
    remedy = _("Load the case again, look at what is new, and decide again. What you typed is kept in the form.")


class ReasonMissing(Invalid):
    code = "reason_missing"
    detail = _("This action needs a reason.")
    remedy = _("Write in a few words why; the reporter and the trail will show it.")


class ReplyMissing(Invalid):
    code = "reply_missing"
    detail = _("The reply to the resident is empty.")
    remedy = _("Write what was done or found.")


class NothingChanged(Invalid):
    code = "nothing_changed"
    detail = _("Category and matter type are what they were.")
    remedy = _("Choose a different one.")


class TableUnreadable(Invalid):
    """A file cannot be read or written as a table; ``reason`` says why."""

    code = "table_unreadable"
    title = _("This file cannot be used as a table")
    detail = _("%(file)s: %(reason)s")
    remedy = _("Check the file; docs/import.md lists the formats.")


class MappingInvalid(Invalid):
    """A mapping cannot be used; ``place`` is the key, with its line where there is one."""

    code = "mapping_invalid"
    title = _("The mapping cannot be used")
    detail = _("%(file)s, %(place)s: %(reason)s")
    remedy = _("Correct the mapping and start again; docs/import.md explains every key.")

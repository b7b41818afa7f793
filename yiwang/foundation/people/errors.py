from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound


class ContactNotFound(NotFound):
    code = "contact_not_found"
    detail = _("This contact does not exist or has been erased.")
    remedy = _("There is nothing to be done: erased data cannot be brought back.")


class PersonNotFound(NotFound):
    code = "person_not_found"
    detail = _("This record of a person does not exist, or nothing of it is in your area of work.")
    remedy = _("Open it from one of the person's cases.")


class PersonMoved(Conflict):
    """Somebody else merged or split in the meantime."""

    code = "person_moved"
    detail = _("Meanwhile somebody else has merged or split this record. Nothing was changed.")
    remedy = _("Load the page again and look at what is there now.")


class SamePerson(Invalid):
    code = "same_person"
    detail = _("Both are one record already.")
    remedy = _("Give the number of a case of another person.")


class NothingToSplit(Invalid):
    code = "nothing_to_split"
    detail = _("To split a record, choose some of its contacts, not none and not all.")
    remedy = _("Tick the contacts that are somebody else's.")


class ChangeReasonMissing(Invalid):
    code = "change_reason_missing"
    detail = _("Merging and splitting need a reason.")
    remedy = _("Write in a few words how you know.")

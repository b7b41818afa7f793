"""The check whether the key file fits the data, and what of people needs keys."""

from cryptography.exceptions import InvalidTag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.kernel.checks import Finding, check
from yiwang.foundation.kernel.keys import KeyUse, register_key_use
from yiwang.foundation.kernel.retention import PersonalData, register_personal
from yiwang.foundation.people.models import ERASED, Contact
from yiwang.foundation.people.services import erase_changes_before, erase_contacts_before, reseal_contacts


@check("contacts", gettext_lazy("Encrypted contacts"))
def check_contacts() -> Finding:
    """The newest contact can be unsealed with the present keys; nothing of it is shown."""
    row = Contact.objects.exclude(key_version=ERASED).order_by("-id").first()
    if row is None:
        return Finding("contacts", "ok", _("No contacts are stored yet."))
    try:
        row.open()
    except InvalidTag:
        remedy = _("Put back the key file this city was opened with; another one cannot read its contacts.")
        return Finding("contacts", "problem", _("Stored contacts cannot be read with the present keys."), remedy)
    return Finding("contacts", "ok", _("Stored contacts can be read with the present keys."))


register_key_use(
    KeyUse(
        name="contacts",
        label=gettext_lazy("contacts"),
        count=lambda version: Contact.objects.filter(key_version=version).count(),
        reseal=reseal_contacts,
    )
)
register_personal(
    PersonalData(
        "contact",
        ("people.Contact.sealed", "people.Contact.phone_index", "people.Contact.email_index"),
        erase_contacts_before,
    )
)
register_personal(PersonalData("contact", ("people.PersonChange.reason",), erase_changes_before))

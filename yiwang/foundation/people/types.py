from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.kernel.permissions import register


@register
class PeoplePermission(StrEnum):
    """Who may see residents' contact data in clear."""

    VIEW_CONTACT = "people.view_contact"


@dataclass(frozen=True)
class ContactDetails:
    """How a resident can be reached; any part may be empty, all three empty is no contact."""

    name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.phone or self.email)


register_actions({"people.contact_read": _("A resident's contact data was read")})

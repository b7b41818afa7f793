"""What can be done with people's data."""

from yiwang.foundation.people.services.erasing import erase_contacts_before
from yiwang.foundation.people.services.keeping import keep_contact
from yiwang.foundation.people.services.resealing import reseal_contacts

__all__ = ["erase_contacts_before", "keep_contact", "reseal_contacts"]

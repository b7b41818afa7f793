"""What can be done with people's data."""

from yiwang.foundation.people.services.keeping import keep_contact
from yiwang.foundation.people.services.resealing import reseal_contacts

__all__ = ["keep_contact", "reseal_contacts"]

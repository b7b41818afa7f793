"""Contact data as it is stored: sealed as a whole, bound to its row, found only through keyed blind indexes."""

import json
from uuid import UUID

from yiwang.foundation.kernel import sealing
from yiwang.foundation.kernel.keys import get_keyring, mac
from yiwang.foundation.kernel.sealing import Sealed
from yiwang.foundation.people.types import ContactDetails

PURPOSE = "contact"


def seal(details: ContactDetails, row_id: UUID) -> Sealed:
    """The contact under the current key and cipher; it opens only in its own row."""
    body = {"name": details.name, "phone": details.phone, "email": details.email}
    return sealing.seal(json.dumps(body, ensure_ascii=False).encode(), purpose=PURPOSE, bound_to=row_id.bytes)


def unseal(sealed: Sealed, row_id: UUID) -> ContactDetails:
    """The contact in clear. Raises KeysMissing without the key, InvalidTag for data that was altered or moved."""
    return ContactDetails(**json.loads(sealing.unseal(sealed, purpose=PURPOSE, bound_to=row_id.bytes)))


def normalise_phone(phone: str) -> str:
    """Digits only, without a leading mainland country code, so that ``+86 138-0013-8000`` meets ``13800138000``."""
    digits = "".join(c for c in phone if c.isdigit())
    if digits.startswith("0086"):
        return digits.removeprefix("0086")
    return digits.removeprefix("86") if len(digits) == 13 else digits


def phone_index(phone: str, version: int | None = None) -> bytes | None:
    """The blind index of a phone number (HMAC-SHA-256) under the current key or that of ``version``; None for none."""
    digits = normalise_phone(phone)
    return mac("phone-index", digits.encode(), version) if digits else None


def phone_indexes(phone: str) -> list[bytes]:
    """Its indexes under every key there is: rows are found before, while and after they move to another key."""
    return [index for version in get_keyring().masters if (index := phone_index(phone, version))]


def email_index(email: str, version: int | None = None) -> bytes | None:
    """The blind index of an e-mail address, folded to lower case, as ``phone_index``; None for an empty one."""
    return mac("email-index", email.strip().casefold().encode(), version) if email.strip() else None


def email_indexes(email: str) -> list[bytes]:
    """Its indexes under every key there is, as ``phone_indexes``."""
    return [index for version in get_keyring().masters if (index := email_index(email, version))]

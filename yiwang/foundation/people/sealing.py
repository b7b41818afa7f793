"""Sealing of contact data: AES-256-GCM with the row's id as associated data, so that sealed data cannot be swapped."""

import os
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yiwang.foundation.kernel.keys import get_keyring, key_for, mac

NONCE_BYTES = 12


def seal(plain: bytes, row_id: UUID) -> tuple[bytes, int]:
    """Nonce + ciphertext under the current key, and that key's version."""
    version = get_keyring().current
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key_for("contact", version)).encrypt(nonce, plain, row_id.bytes), version


def unseal(sealed: bytes, row_id: UUID, version: int) -> bytes:
    """The plain bytes. Raises KeysMissing without the key, InvalidTag for data that was altered or moved."""
    return AESGCM(key_for("contact", version)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], row_id.bytes)


def normalise_phone(phone: str) -> str:
    """Digits only, without a leading mainland country code, so that ``+86 138-0013-8000`` meets ``13800138000``."""
    digits = "".join(c for c in phone if c.isdigit())
    return (
        digits.removeprefix("0086")
        if digits.startswith("0086")
        else digits.removeprefix("86")
        if len(digits) == 13
        else digits
    )


def phone_index(phone: str) -> bytes | None:
    """The blind index of a phone number (HMAC-SHA-256), None for an empty one."""
    digits = normalise_phone(phone)
    return mac("phone-index", digits.encode(), 1) if digits else None


def email_index(email: str) -> bytes | None:
    """The blind index of an e-mail address, folded to lower case; None for an empty one."""
    return mac("email-index", email.strip().casefold().encode(), 1) if email.strip() else None

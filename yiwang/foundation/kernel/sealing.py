"""Sealing: authenticated encryption of a whole value, bound to the row it belongs to.

AES-256-GCM (NIST SP 800-38D) or SM4-GCM (GB/T 32907), as the setting says; what is sealed carries its cipher and the
version of its key, so both may change while old values stay readable.
"""

import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yiwang.foundation.kernel.keys import get_keyring, key_for
from yiwang.foundation.kernel.settings import CipherName, get_settings

NONCE_BYTES = 12
TAG_BYTES = 16
SM4_KEY_BYTES = 16


@dataclass(frozen=True)
class Sealed:
    """Nonce, ciphertext and tag in ``body``; how (``cipher``) and with which key version it was sealed."""

    body: bytes
    version: int
    cipher: CipherName


def seal(plain: bytes, *, purpose: str, bound_to: bytes) -> Sealed:
    """Seals under the current key of ``purpose``; only whoever names the same ``bound_to`` can open it."""
    cipher, version = get_settings().cipher, get_keyring().current
    return Sealed(encrypt(plain, key_of(purpose, cipher, version), bound_to, cipher), version, cipher)


def unseal(sealed: Sealed, *, purpose: str, bound_to: bytes) -> bytes:
    """The plain bytes. Raises KeysMissing without the key, InvalidTag for what was altered or moved."""
    return decrypt(sealed.body, key_of(purpose, sealed.cipher, sealed.version), bound_to, sealed.cipher)


def key_of(purpose: str, cipher: CipherName, version: int) -> bytes:
    """The key of a purpose for one cipher: no key ever serves two ciphers."""
    if cipher == "aes-gcm":
        return key_for(purpose, version)
    return key_for(f"{purpose}/{cipher}", version)[:SM4_KEY_BYTES]


def new_key(cipher: CipherName) -> bytes:
    """A random key for one value, which is then itself sealed (envelope)."""
    return os.urandom(32 if cipher == "aes-gcm" else SM4_KEY_BYTES)


def encrypt(plain: bytes, key: bytes, bound_to: bytes, cipher: CipherName) -> bytes:
    """Nonce, ciphertext and tag."""
    nonce = os.urandom(NONCE_BYTES)
    if cipher == "aes-gcm":
        return nonce + _aes(key).encrypt(nonce, plain, bound_to)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound_to)
    return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def decrypt(body: bytes, key: bytes, bound_to: bytes, cipher: CipherName) -> bytes:
    """The plain bytes of what ``encrypt`` gave. Raises InvalidTag."""
    nonce, text, tag = body[:NONCE_BYTES], body[NONCE_BYTES:-TAG_BYTES], body[-TAG_BYTES:]
    if cipher == "aes-gcm":
        return _aes(key).decrypt(nonce, text + tag, bound_to)
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(bound_to)
    return decryptor.update(text) + decryptor.finalize()


@lru_cache(maxsize=16)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)

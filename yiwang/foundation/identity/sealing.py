"""Secrets of second factors (code apps, recovery codes) as text that can be stored: sealed with the city's key."""

import base64
from typing import cast

from yiwang.foundation.kernel import sealing
from yiwang.foundation.kernel.keys import get_keyring
from yiwang.foundation.kernel.sealing import Sealed
from yiwang.foundation.kernel.settings import CipherName

PURPOSE = "second-factor"


def seal(secret: str) -> str:
    """``VERSION:CIPHER:BASE64`` under the current key."""
    # The library that stores it gives no row to bind to: who can move a secret could as well write one.
    sealed = sealing.seal(secret.encode(), purpose=PURPOSE, bound_to=b"")
    return f"{sealed.version}:{sealed.cipher}:{base64.b64encode(sealed.body).decode()}"


def unseal(text: str) -> str:
    """The secret. Raises KeysMissing and InvalidTag."""
    version, cipher, body = text.split(":")
    sealed = Sealed(base64.b64decode(body), int(version), cast(CipherName, cipher))
    return sealing.unseal(sealed, purpose=PURPOSE, bound_to=b"").decode()


def is_current(text: str) -> bool:
    """Whether it is sealed under the current key."""
    return text.startswith(f"{get_keyring().current}:")

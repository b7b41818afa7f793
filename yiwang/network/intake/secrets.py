"""What opens a report's tracking: the secret of the receipt and the token of the link. Both are derived, never stored.

Each is HMAC-SHA-256 of the report's id under a key of its own purpose: the link's token is no use as the secret and
the other way round. Being derived, a repeated request gets the same answer without anything secret in the database.
"""

import base64
import hmac
from uuid import UUID

from yiwang.foundation.kernel.keys import mac

SECRET_BYTES = 15
TOKEN_BYTES = 15


def secret_of(report_id: UUID, version: int) -> str:
    """The receipt's secret: 24 letters and digits in groups of four (120 bits)."""
    text = base64.b32encode(mac("receipt-secret", report_id.bytes, version)[:SECRET_BYTES]).decode()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def is_secret(candidate: str, report_id: UUID, version: int) -> bool:
    """Whether ``candidate``, typed with or without hyphens and in any case, is the report's secret."""
    wanted = secret_of(report_id, version).replace("-", "")
    return hmac.compare_digest(candidate.upper().replace("-", "").replace(" ", "").encode(), wanted.encode())


def track_token(report_id: UUID, version: int) -> str:
    """The token of the tracking link: the report's id and its MAC, 42 URL-safe characters."""
    tag = mac("track-link", report_id.bytes, version)[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(report_id.bytes + tag).decode().rstrip("=")


def read_track_token(token: str) -> tuple[UUID, bytes] | None:
    """The report's id and the MAC to be checked, or None for something that is no token."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return (UUID(bytes=raw[:16]), raw[16:]) if len(raw) == 16 + TOKEN_BYTES else None


def is_track_tag(tag: bytes, report_id: UUID, version: int) -> bool:
    """Whether ``tag`` is the MAC of the report's tracking link."""
    return hmac.compare_digest(tag, mac("track-link", report_id.bytes, version)[:TOKEN_BYTES])

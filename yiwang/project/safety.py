"""What must be true before this installation may serve. Each refusal is a sentence with what to do about it."""

from yiwang.foundation.kernel.errors import CannotStart
from yiwang.foundation.kernel.keys import KeysMissing, get_keyring
from yiwang.foundation.kernel.settings import Settings


def refuse_unsafe_settings(settings: Settings) -> None:
    """Refuses to start without keys, and in production with debug pages or without HTTPS. Needs no database.

    Raises CannotStart.
    """
    try:
        get_keyring()
    except KeysMissing:
        raise CannotStart(
            reason=f"The key file {settings.key_file} is missing or cannot be read.",
            hint="For a new city run “yiwang keys create”; for an existing one restore the key file from its backup. "
            "Without the right keys residents' contacts cannot be read.",
        ) from None
    if settings.is_production and settings.debug:
        raise CannotStart(
            reason="YIWANG_DEBUG is on in production: error pages would show settings and residents' data.",
            hint="Remove YIWANG_DEBUG, or set YIWANG_ENV=development on a machine that is not public.",
        )
    if settings.is_production and not settings.public_url.startswith("https://"):
        raise CannotStart(
            reason=f"YIWANG_PUBLIC_URL is {settings.public_url}: in production cookies travel by HTTPS only, so nobody "
            "could sign in.",
            hint="Put a proxy that speaks HTTPS before the city, set YIWANG_PUBLIC_URL=https://… and "
            "YIWANG_TRUST_PROXY=yes.",
        )


def refuse_demo_accounts(settings: Settings) -> None:
    """Refuses to serve in production while demo accounts, whose passwords were printed, are active."""
    if not settings.is_production:
        return
    from yiwang.foundation.identity.selectors import count_demo_accounts

    count = count_demo_accounts()
    if count:
        raise CannotStart(
            reason=f"This city has {count} active demo accounts, and it runs in production.",
            hint="Use a fresh database for the real city. A demo city is for trying out: YIWANG_ENV=development.",
        )

"""Where the database is: ``DATABASE_URL``, or the embedded server's socket under YIWANG_HOME."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from yiwang.foundation.kernel.errors import SettingInvalid
from yiwang.foundation.kernel.settings import Settings

# A unix socket's path may have at most 107 bytes; the server adds "/.s.PGSQL.5432".
LONGEST_SOCKET_FOLDER = 90


def socket_folder(home: Path) -> Path:
    """The folder of the embedded server's socket: under ``home``, or a short stand-in where that path is too long."""
    folder = home / "postgres-socket"
    if len(str(folder).encode()) <= LONGEST_SOCKET_FOLDER:
        return folder
    return Path("/tmp") / f"yiwang-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"  # noqa: S108 - derived, checked for owner


def embedded_url(home: Path) -> str:
    """The URL under which the embedded server of ``home`` can be reached while it runs."""
    return f"postgresql://postgres@/yiwang?host={quote(str(socket_folder(home)), safe='')}"


def database_url(settings: Settings) -> str:
    """The served database if one is set, else the embedded one."""
    return settings.database_url or embedded_url(settings.home)


def database_settings(settings: Settings) -> dict[str, Any]:
    """Django's entry for the database. Raises SettingInvalid for a URL that is not PostgreSQL's."""
    parts = urlsplit(database_url(settings))
    if parts.scheme not in ("postgresql", "postgres"):
        raise SettingInvalid(
            name="DATABASE_URL", value=f"{parts.scheme}://…", expected="postgresql://user:password@host/name"
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "yiwang.project.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "yiwang",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }

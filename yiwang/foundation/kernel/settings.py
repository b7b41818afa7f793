"""The only module that reads environment variables. Every field has a paragraph in docs/settings.md (a guard
compares)."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from yiwang.foundation.kernel.errors import SettingInvalid

Environment = Literal["development", "production", "test"]
MailAdapter = Literal["console", "file", "smtp"]
SmsAdapter = Literal["console", "file"]
CipherName = Literal["aes-gcm", "sm4-gcm"]
HashName = Literal["sha256", "sm3"]
UPLOAD_KINDS = ("photo", "document", "audio", "video")


@dataclass(frozen=True)
class Rate:
    """At most ``count`` events in each window of ``seconds``."""

    count: int
    seconds: int

    WINDOWS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}

    @classmethod
    def parse(cls, name: str, text: str) -> "Rate | None":
        """Reads ``60/minute``; ``off`` is None. Raises SettingInvalid for anything else."""
        if text == "off":
            return None
        count, _, window = text.partition("/")
        if not count.isdigit() or int(count) == 0 or window not in cls.WINDOWS:
            raise SettingInvalid(name=name, value=text, expected="off, or a rate such as 60/minute")
        return cls(int(count), cls.WINDOWS[window])


@dataclass(frozen=True)
class FileStore:
    """Where the content of files lies: in ``folder``, or, where that is None, in a bucket that speaks S3."""

    folder: Path | None
    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""

    EXPECTED = "local:PATH, or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION"

    @classmethod
    def parse(cls, name: str, text: str) -> "FileStore":
        """Reads ``local:/srv/files`` or ``s3://bucket?endpoint=https://host``. Raises SettingInvalid."""
        if text.startswith("local:") and text != "local:":
            return cls(Path(text.removeprefix("local:")).expanduser().resolve())
        parts = urlsplit(text)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        endpoint = urlsplit(query.get("endpoint", ""))
        if parts.scheme != "s3" or not parts.netloc or endpoint.scheme not in ("http", "https") or not endpoint.netloc:
            raise SettingInvalid(name=name, value=text, expected=cls.EXPECTED)
        return cls(None, parts.netloc, parts.path.strip("/"), query["endpoint"], query.get("region", "us-east-1"))


@dataclass(frozen=True)
class Settings:
    """Values of one process. Names of the variables are the field names in capitals with ``YIWANG_`` in front,
    except ``DATABASE_URL`` and ``PORT``, which hosting platforms set under these names."""

    home: Path
    database_url: str
    port: int
    host: str
    env: Environment
    debug: bool
    public_url: str
    allowed_hosts: tuple[str, ...]
    trust_proxy: bool
    city_pack: Path
    web_processes: int
    web_threads: int
    job_processes: int
    job_threads: int
    log_format: Literal["text", "json"]
    intake_limit: Rate | None
    login_limit: Rate | None
    mail_adapter: MailAdapter
    sms_adapter: SmsAdapter
    smtp_url: str
    mail_from: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_claim: str
    oidc_name: str
    upload_limit_mb: int
    upload_count: int
    upload_kinds: tuple[str, ...]
    video_limit_mb: int
    video_limit_s: int
    file_store: FileStore
    s3_access_key: str
    s3_secret_key: str
    antivirus: str
    key_file: Path
    cipher: CipherName
    audit_hash: HashName

    @property
    def is_production(self) -> bool:
        return self.env == "production"


def _choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, default)
    if value not in allowed:
        raise SettingInvalid(name=name, value=value, expected=", ".join(allowed))
    return value


def _number(name: str, default: int, low: int, high: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit() or not low <= int(value) <= high:
        raise SettingInvalid(name=name, value=value, expected=f"a whole number from {low} to {high}")
    return int(value)


def _yes(name: str) -> bool:
    return _choice(name, "no", ("yes", "no")) == "yes"


def _kinds(name: str) -> tuple[str, ...]:
    value = os.environ.get(name, ",".join(UPLOAD_KINDS))
    kinds = tuple(kind.strip() for kind in value.split(",") if kind.strip())
    if not kinds or not set(kinds) <= set(UPLOAD_KINDS):
        raise SettingInvalid(name=name, value=value, expected=f"some of {', '.join(UPLOAD_KINDS)}")
    return kinds


def _antivirus(name: str) -> str:
    """The scanner's socket (a path) or address (``host:port``); empty when scanning is off."""
    value = os.environ.get(name, "off")
    kind, _, place = value.partition(":")
    if value == "off":
        return ""
    if kind != "clamav" or not (place.startswith("/") or place.rpartition(":")[2].isdigit()):
        raise SettingInvalid(name=name, value=value, expected="off, clamav:/path/of/socket, or clamav:host:port")
    return place


def read_settings() -> Settings:
    """Reads the environment afresh. Raises SettingInvalid, naming the variable and what it may be."""
    home = Path(os.environ.get("YIWANG_HOME", "./var")).expanduser().resolve()
    port = _number("PORT", 8000, 1, 65535)
    public_url = os.environ.get("YIWANG_PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    hosts = os.environ.get("YIWANG_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
    return Settings(
        home=home,
        database_url=os.environ.get("DATABASE_URL", ""),
        port=port,
        host=os.environ.get("YIWANG_HOST", "127.0.0.1"),
        env=_choice("YIWANG_ENV", "development", ("development", "production", "test")),  # type: ignore[arg-type]
        debug=_yes("YIWANG_DEBUG"),
        public_url=public_url,
        allowed_hosts=tuple(h.strip() for h in hosts.split(",") if h.strip()),
        trust_proxy=_yes("YIWANG_TRUST_PROXY"),
        city_pack=Path(os.environ.get("YIWANG_CITY_PACK", "packs/starter")),
        web_processes=_number("YIWANG_WEB_PROCESSES", 2, 1, 64),
        web_threads=_number("YIWANG_WEB_THREADS", 4, 1, 64),
        job_processes=_number("YIWANG_JOB_PROCESSES", 1, 1, 64),
        job_threads=_number("YIWANG_JOB_THREADS", 4, 1, 64),
        log_format=_choice("YIWANG_LOG_FORMAT", "text", ("text", "json")),  # type: ignore[arg-type]
        intake_limit=Rate.parse("YIWANG_INTAKE_LIMIT", os.environ.get("YIWANG_INTAKE_LIMIT", "60/minute")),
        login_limit=Rate.parse("YIWANG_LOGIN_LIMIT", os.environ.get("YIWANG_LOGIN_LIMIT", "20/minute")),
        mail_adapter=_choice("YIWANG_MAIL_ADAPTER", "file", ("console", "file", "smtp")),  # type: ignore[arg-type]
        sms_adapter=_choice("YIWANG_SMS_ADAPTER", "file", ("console", "file")),  # type: ignore[arg-type]
        smtp_url=os.environ.get("YIWANG_SMTP_URL", "smtp://localhost:25"),
        mail_from=os.environ.get("YIWANG_MAIL_FROM", "yiwang@localhost"),
        oidc_issuer=os.environ.get("YIWANG_OIDC_ISSUER", "").rstrip("/"),
        oidc_client_id=os.environ.get("YIWANG_OIDC_CLIENT_ID", ""),
        oidc_client_secret=os.environ.get("YIWANG_OIDC_CLIENT_SECRET", ""),
        oidc_claim=os.environ.get("YIWANG_OIDC_CLAIM", "preferred_username"),
        oidc_name=os.environ.get("YIWANG_OIDC_NAME", "OpenID Connect"),
        **_of_files(home),
        key_file=Path(os.environ.get("YIWANG_KEY_FILE", str(home / "keys.json"))),
        cipher=_choice("YIWANG_CIPHER", "aes-gcm", ("aes-gcm", "sm4-gcm")),  # type: ignore[arg-type]
        audit_hash=_choice("YIWANG_AUDIT_HASH", "sha256", ("sha256", "sm3")),  # type: ignore[arg-type]
    )


def _of_files(home: Path) -> dict[str, Any]:
    return {
        "upload_limit_mb": _number("YIWANG_UPLOAD_LIMIT_MB", 10, 1, 100),
        "upload_count": _number("YIWANG_UPLOAD_COUNT", 5, 1, 20),
        "upload_kinds": _kinds("YIWANG_UPLOAD_KINDS"),
        "video_limit_mb": _number("YIWANG_VIDEO_LIMIT_MB", 50, 1, 200),
        "video_limit_s": _number("YIWANG_VIDEO_LIMIT_S", 60, 1, 600),
        "file_store": FileStore.parse(
            "YIWANG_FILE_STORE", os.environ.get("YIWANG_FILE_STORE", f"local:{home / 'files'}")
        ),
        "s3_access_key": os.environ.get("YIWANG_S3_ACCESS_KEY", ""),
        "s3_secret_key": os.environ.get("YIWANG_S3_SECRET_KEY", ""),
        "antivirus": _antivirus("YIWANG_ANTIVIRUS"),
    }


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process, read once. Tests clear the cache with ``get_settings.cache_clear()``."""
    return read_settings()

"""Django's settings. What differs between installations is read by ``kernel.settings``; here it is only put in
place."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.keys import KeysMissing, get_keyring, key_for
from yiwang.foundation.kernel.settings import get_settings
from yiwang.project.databases import database_settings
from yiwang.project.logs import configure_logs

_settings = get_settings()
PACKAGE = Path(__file__).resolve().parent.parent

try:
    SECRET_KEY = key_for("django").hex()
    # Sessions that began under an older key go on.
    SECRET_KEY_FALLBACKS = [
        key_for("django", version).hex()
        for version in sorted(get_keyring().masters, reverse=True)
        if version != get_keyring().current
    ]
except KeysMissing:
    # Commands that create keys must be able to start; ``project.safety`` refuses to serve without a key file.
    SECRET_KEY = ""

DEBUG = _settings.debug
ALLOWED_HOSTS = list(_settings.allowed_hosts)
ROOT_URLCONF = "yiwang.project.urls"
WSGI_APPLICATION = "yiwang.project.wsgi.application"
DATABASES = {"default": database_settings(_settings)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username",)},
    },
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
# Accounts are invited (identity.services), never signed up for, and have no e-mail address of their own.
ACCOUNT_ADAPTER = "yiwang.project.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Before dangerous actions a sign-in must not be older than this.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Guesses of passwords are limited by name and address (body/desk/views/entrance.py), so that nobody can lock others
# out. What the library calls failed log-ins are then wrong codes of somebody who knew the password.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "10/5m/key"}
MFA_ADAPTER = "yiwang.project.accounts.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "yiwang.project.accounts.AddPasskeyForm",
    "edit_webauthn": "yiwang.project.accounts.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys on http://localhost only, which is how the city is tried out.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _settings.is_production
SOCIALACCOUNT_ADAPTER = "yiwang.project.accounts.ForeignAccountAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": _settings.oidc_name,
                "client_id": _settings.oidc_client_id,
                "secret": _settings.oidc_client_secret,
                "settings": {"server_url": _settings.oidc_issuer},
            }
        ]
        if _settings.oidc_issuer
        else [],
    }
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
    "yiwang.foundation.kernel",
    "yiwang.foundation.audit",
    "yiwang.foundation.codes",
    "yiwang.foundation.calendars",
    "yiwang.foundation.files",
    "yiwang.foundation.places",
    "yiwang.foundation.orgs",
    "yiwang.foundation.identity",
    "yiwang.foundation.people",
    "yiwang.foundation.privacy",
    "yiwang.foundation.packs",
    "yiwang.foundation.operations",
    "yiwang.network.messaging",
    "yiwang.network.intake",
    "yiwang.hub.workflow",
    "yiwang.hub.cases",
    "yiwang.hub.dispatch",
    "yiwang.hub.publication",
    "yiwang.body.components",
    "yiwang.body.portal",
    "yiwang.body.desk",
    "yiwang.project",
    # After our own apps, whose templates go before its templates.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "yiwang.project.middleware.PageLaws",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yiwang.project.middleware.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "yiwang.body.components.middleware.CityTimeZone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yiwang.project.accounts.SeenSessions",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yiwang.foundation.identity.middleware.ViewerMiddleware",
    "yiwang.project.api.ApiKeyMiddleware",
    "yiwang.project.middleware.ErrorPages",
    # Innermost: its exceptions lead to pages of its own and are no errors.
    "allauth.account.middleware.AccountMiddleware",
]

FORM_RENDERER = "yiwang.body.components.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "yiwang.body.components.context.preferences",
                "yiwang.body.desk.context.shell",
            ],
            "builtins": ["yiwang.body.components.templatetags.components"],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": _settings.file_store.folder or _settings.home / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = _settings.debug
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# The first is shared by all nodes: wrong codes, and codes that were used. The other is each process's own notepad.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kernel_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _settings.is_production
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_REFERRER_POLICY = "same-origin"
# Sent where the request came by HTTPS, which a trusted proxy says.
SECURE_HSTS_SECONDS = 365 * 86400 if _settings.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_SSL_REDIRECT = _settings.is_production and _settings.trust_proxy
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "yiwang.project.middleware.refuse_form"
CSRF_TRUSTED_ORIGINS = [_settings.public_url]
if _settings.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING_CONFIG = None
configure_logs(_settings)

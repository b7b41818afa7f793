"""Django's settings. What differs between installations is read by ``kernel.settings``; here it is only put in
place."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.keys import KeysMissing, key_for
from yiwang.foundation.kernel.settings import get_settings
from yiwang.project.databases import database_settings
from yiwang.project.logs import configure_logs

_settings = get_settings()
PACKAGE = Path(__file__).resolve().parent.parent

try:
    SECRET_KEY = key_for("django").hex()
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
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username",)},
    },
]
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:home"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
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
    "yiwang.foundation.packs",
    "yiwang.foundation.operations",
    "yiwang.network.messaging",
    "yiwang.network.intake",
    "yiwang.hub.workflow",
    "yiwang.hub.cases",
    "yiwang.hub.dispatch",
    "yiwang.body.components",
    "yiwang.body.portal",
    "yiwang.body.desk",
    "yiwang.project",
]

MIDDLEWARE = [
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
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yiwang.foundation.identity.middleware.ViewerMiddleware",
    "yiwang.project.api.ApiKeyMiddleware",
    "yiwang.project.middleware.ErrorPages",
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
        "OPTIONS": {"location": _settings.home / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = _settings.debug
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _settings.is_production
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "yiwang.project.middleware.refuse_form"
CSRF_TRUSTED_ORIGINS = [_settings.public_url]
if _settings.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING_CONFIG = None
configure_logs(_settings)

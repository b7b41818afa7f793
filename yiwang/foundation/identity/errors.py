from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound, TooMany, Unauthenticated


class ApiKeyInvalid(Unauthenticated):
    code = "api_key_invalid"
    detail = _("The API key is unknown or has been revoked.")
    remedy = _("Send a valid key in the header X-API-Key; “yiwang apikey create” makes one.")


class ApiKeyNotFound(NotFound):
    code = "api_key_not_found"
    detail = _("There is no active API key “%(prefix)s”.")
    remedy = _("“yiwang apikey list” shows the keys.")


class PermissionUnknown(Invalid):
    code = "permission_unknown"
    detail = _("There is no permission called “%(value)s”.")
    remedy = _("Known permissions: %(known)s.")


class DemoAccountsRefused(Conflict):
    code = "demo_accounts_refused"
    title = _("No demo accounts here")
    detail = _("Demo accounts exist only in a demo city that is not in production.")
    remedy = _("Create real accounts instead.")


class LoginRefused(Invalid):
    code = "login_refused"
    title = _("Signing in did not work")
    detail = _("The name and the password do not belong together.")
    remedy = _("Check both and try again.")


class TooManyLogins(TooMany):
    code = "too_many_logins"
    detail = _("There were too many failed attempts from this address.")

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated


class ApiKeyInvalid(Unauthenticated):
    code = "api_key_invalid"
    detail = _("The API key is unknown, has been revoked or has ended.")
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


class TooManyCalls(TooMany):
    code = "too_many_calls"
    detail = _("This API key makes more calls than it may.")


class RoleUnknown(Invalid):
    code = "role_unknown"
    detail = _("There is no role called “%(value)s”.")
    remedy = _("Choose a role of the list.")


class DutiesClash(Conflict):
    code = "duties_clash"
    title = _("Duties that stay apart")
    detail = _("One person cannot hold both %(first)s and %(second)s.")
    remedy = _("System, security and audit administration belong to three people, who hold nothing else.")


class OwnRights(Forbidden):
    code = "own_rights"
    title = _("Not for yourself")
    detail = _("Nobody changes their own roles or ends their own account.")
    remedy = _("Ask another security administrator.")


class UsernameTaken(Conflict):
    code = "username_taken"
    detail = _("There is an account called “%(value)s” already.")
    remedy = _("Choose another user name.")


class UsernameInvalid(Invalid):
    code = "username_invalid"
    detail = _("A user name has 3 to 60 letters, digits, dots, hyphens or underscores.")


class AccountNotFound(NotFound):
    code = "account_not_found"
    detail = _("There is no such account.")


class MembershipNotFound(NotFound):
    code = "membership_not_found"
    detail = _("This role is not held any more.")


class InvitationInvalid(Invalid):
    code = "invitation_invalid"
    title = _("This invitation is not valid any more")
    detail = _("It has been used, replaced by a newer one, or is older than three days.")
    remedy = _("Ask your security administrator for a new one.")


class PasswordRefused(Invalid):
    code = "password_refused"
    title = _("Choose another password")
    detail = _("%(reasons)s")

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid


class RuleInvalid(Invalid):
    code = "rule_invalid"
    detail = _("The dispatch rule “%(key)s” cannot be stored: %(reason)s")
    remedy = _("Correct the rule; the other rules were not changed either.")

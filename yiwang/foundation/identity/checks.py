"""What of accounts needs the city's keys, and what of them is personal."""

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.identity.services import erase_accounts_before, reseal_factors
from yiwang.foundation.kernel.keys import KeyUse, register_key_use
from yiwang.foundation.kernel.retention import PersonalData, register_personal


def _count(version: int) -> int:
    mark = f"{version}:"
    return int(Authenticator.objects.filter(Q(data__secret__startswith=mark) | Q(data__seed__startswith=mark)).count())


register_key_use(KeyUse("second-factors", _("secrets of second factors"), _count, reseal_factors))
register_personal(PersonalData("account", ("identity.User.names", "identity.User.password"), erase_accounts_before))

"""What of accounts needs the city's keys."""

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.identity.services import reseal_factors
from yiwang.foundation.kernel.keys import KeyUse, register_key_use


def _count(version: int) -> int:
    mark = f"{version}:"
    return int(Authenticator.objects.filter(Q(data__secret__startswith=mark) | Q(data__seed__startswith=mark)).count())


register_key_use(KeyUse("second-factors", _("secrets of second factors"), _count, reseal_factors))

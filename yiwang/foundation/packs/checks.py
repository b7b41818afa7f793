"""The check whether there is a city."""

from django.utils.translation import gettext as _

from yiwang.foundation.kernel.checks import Finding, check
from yiwang.foundation.packs.selectors import get_city


@check("city")
def check_city() -> Finding:
    """A city pack is installed. CityMissing says what to do where there is none."""
    get_city()
    return Finding("city", "ok", _("A city is installed."))

"""The check whether there is a city."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.foundation.kernel.checks import Finding, check
from yiwang.foundation.packs.selectors import get_city


@check("city", gettext_lazy("City pack"))
def check_city() -> Finding:
    """A city pack is installed. CityMissing says what to do where there is none."""
    get_city()
    return Finding("city", "ok", _("A city is installed."))

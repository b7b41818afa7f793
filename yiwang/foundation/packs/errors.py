from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Unavailable


class CityMissing(Unavailable):
    code = "city_missing"
    title = _("No city is installed yet")
    detail = _("This installation has no city pack.")
    remedy = _("Install one: “yiwang packs install packs/starter”.")

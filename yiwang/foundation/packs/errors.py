from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import NotFound, Unavailable


class CityMissing(Unavailable):
    code = "city_missing"
    title = _("No city is installed yet")
    detail = _("This installation has no city pack.")
    remedy = _("Install one: “yiwang packs install packs/starter”.")


class PackNotInstalled(NotFound):
    code = "pack_not_installed"
    detail = _("There is no installed pack “%(pack_id)s” whose contents are known.")
    remedy = _("“yiwang packs list” shows those that are there; packs installed long ago must be installed once more.")

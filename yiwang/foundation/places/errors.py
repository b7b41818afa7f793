"""What can be wrong with a place."""

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid


class CoordinatesInvalid(Invalid):
    """``lon`` and ``lat`` are no position on Earth in degrees."""

    code = "coordinates_invalid"
    title = _("These coordinates are not a place on Earth")
    detail = _("Longitude %(lon)s, latitude %(lat)s: longitude goes from -180 to 180 degrees, latitude from -90 to 90.")
    remedy = _("Check that longitude comes first and that both are decimal degrees.")


class PolygonInvalid(Invalid):
    """A geometry cannot be made an area; ``reason`` is GEOS's or Python's own word for the fault."""

    code = "polygon_invalid"
    title = _("This shape cannot be used as an area")
    detail = _("The shape encloses nothing that could be an area: %(reason)s.")
    remedy = _("Draw the area as a GeoJSON Polygon or MultiPolygon and send it again.")


class AreaUnknown(Invalid):
    """``value`` is the code or id nothing is stored under."""

    code = "area_unknown"
    title = _("There is no such area")
    detail = _("No area has the code or id “%(value)s”.")
    remedy = _("Check the code; in a file, areas must stand after the area they belong to.")

from zoneinfo import ZoneInfo

from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.packs.errors import CityMissing
from yiwang.foundation.packs.models import InstalledPack
from yiwang.foundation.packs.types import City


def _load() -> City | None:
    pack = InstalledPack.objects.filter(kind="city").order_by("-installed_at").first()
    if pack is None:
        return None
    city = pack.manifest["city"]
    return City(
        names=city["names"],
        time_zone=ZoneInfo(city["time_zone"]),
        default_language=city["default_language"],
        number_prefix=city["number_prefix"],
        centre=(city["centre"]["lon"], city["centre"]["lat"]),
        is_demo=bool(city.get("demo")),
        hotline=str(city.get("hotline", "")),
    )


_city = Snapshot("packs", _load)


def find_city() -> City | None:
    """The installed city, or None before the first city pack."""
    return _city.get()


def get_city() -> City:
    """The installed city. Raises CityMissing before the first city pack."""
    city = find_city()
    if city is None:
        raise CityMissing
    return city

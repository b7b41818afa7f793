from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.utils.module_loading import import_string, module_has_submodule

from yiwang.foundation.kernel.packparts import PackPart
from yiwang.foundation.kernel.snapshots import Snapshot
from yiwang.foundation.packs.errors import CityMissing, PackNotInstalled
from yiwang.foundation.packs.models import InstalledPack
from yiwang.foundation.packs.types import City, PackRow


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


def list_packs() -> Sequence[PackRow]:
    """The installed packs, in the order of their ids."""
    return [
        PackRow(row.pack_id, row.kind, row.version, row.manifest["names"], row.installed_at)
        for row in InstalledPack.objects.order_by("pack_id")
    ]


def get_contents(pack_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The manifest of an installed pack, and what each of its parts says. Raises PackNotInstalled."""
    row = InstalledPack.objects.filter(pack_id=pack_id).exclude(contents={}).first()
    if row is None:
        raise PackNotInstalled(pack_id=pack_id)
    return row.manifest, row.contents


def list_parts() -> Sequence[PackPart]:
    """Every part the apps offer, in the order they are installed in."""
    found = [
        part
        for config in apps.get_app_configs()
        if config.module is not None
        and config.name.startswith("yiwang.")
        and module_has_submodule(config.module, "pack")
        for part in import_string(f"{config.name}.pack.PARTS")
    ]
    return sorted(found, key=lambda part: (part.order, part.name))

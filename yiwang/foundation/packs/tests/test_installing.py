"""A pack is installed as a whole or not at all, twice is once, and an error says where."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from yiwang.foundation.codes.selectors import list_codes
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.errors import YiwangError
from yiwang.foundation.kernel.packparts import PackInvalid
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.packs.models import InstalledPack
from yiwang.foundation.packs.selectors import get_city
from yiwang.foundation.packs.services import install_pack

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
STARTER = Path("packs/starter")


@pytest.fixture
def copy(tmp_path, city):
    folder = tmp_path / "pack"
    shutil.copytree(STARTER, folder)
    return folder


def install(folder):
    return install_pack(folder, viewer=SYSTEM, now=NOW)


def test_the_starter_city_is_there_and_a_second_installation_changes_nothing(city):
    assert get_city().number_prefix
    before = list_codes(CodeKind.CATEGORY, on=NOW.date())
    assert install(STARTER).was_installed
    assert list_codes(CodeKind.CATEGORY, on=NOW.date()) == before


def test_an_upgrade_changes_only_what_differs(copy):
    part = copy / "matter_types.yaml"
    part.write_text(part.read_text().replace("zh-hans: 其他", "zh-hans: 其它"))
    report = install(copy)
    assert not report.was_installed
    names = [code.names["zh-hans"] for code in list_codes(CodeKind.MATTER_TYPE, on=NOW.date())]
    assert names.count("其它") == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("pack.toml", 'kind = "city"', "", "kind"),
        ("pack.toml", 'kind = "city"', "kind = city", "pack.toml"),
        ("units.yaml", "- {code", "- {{code", "line"),
        ("clocks.yaml", "{kind", "{kind[", "line"),
        ("pack.toml", "units.yaml", "../units.yaml", "outside"),
        ("pack.toml", "units.yaml", "nowhere.yaml", "does not exist"),
        ("roles.yaml", "cases.dispatch", "cases.fly", "cases.fly"),
        ("units.yaml", "names:", "nams:", "names"),
    ],
)
def test_a_broken_pack_is_refused_with_the_place_and_nothing_changes(copy, file, old, new, place):
    path = copy / file
    text = path.read_text()
    assert old in text, f"{file} no longer has {old}"
    path.write_text(text.replace(old, new, 1))
    before = InstalledPack.objects.get().digest
    with pytest.raises(YiwangError) as refused:
        install(copy)
    assert place in str(refused.value)
    assert InstalledPack.objects.get().digest == before


def test_an_unknown_part_is_named(copy):
    path = copy / "pack.toml"
    path.write_text(path.read_text().replace("[parts]", '[parts]\nspells = "units.yaml"'))
    with pytest.raises(PackInvalid, match="spells"):
        install(copy)

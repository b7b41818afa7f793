"""A pack is installed as a whole or not at all, twice is once, and an error says where."""

import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import translation

from yiwang.foundation.codes.selectors import list_codes
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.errors import NotPermitted
from yiwang.foundation.kernel.packparts import PackInvalid
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.foundation.packs.drafting import Beginning, write_draft, write_pack
from yiwang.foundation.packs.errors import PackNotInstalled
from yiwang.foundation.packs.models import InstalledPack
from yiwang.foundation.packs.selectors import get_city, get_contents
from yiwang.foundation.packs.services import install_pack, try_pack

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


def test_trying_a_pack_tells_what_would_change_and_changes_nothing(copy):
    part = copy / "matter_types.yaml"
    part.write_text(part.read_text().replace("zh-hans: 其他", "zh-hans: 其它"))
    before = InstalledPack.objects.get().digest
    report = try_pack(copy, viewer=SYSTEM, now=NOW)
    assert {name: count for name, count in report.changed.items() if count} == {"matter_types": 1}
    assert InstalledPack.objects.get().digest == before
    assert "其它" not in [code.names["zh-hans"] for code in list_codes(CodeKind.MATTER_TYPE, on=NOW.date())]


def test_an_upgrade_is_told_entry_by_entry(copy):
    install(copy)
    units, clocks, areas = (copy / name for name in ("units.yaml", "clocks.yaml", "areas.geojson"))
    lines = units.read_text().splitlines(keepends=True)
    units.write_text("".join(line for line in lines if "code: parks" not in line).replace("市公安局,", "市公安,"))
    with units.open("a") as file:
        file.write("- {code: zoo, names: {zh-hans: 动物园, en: Zoo}}\n")
    rules = (copy / "rules.yaml").read_text()
    (copy / "rules.yaml").write_text(rules.replace("then: {unit: parks}", "then: {unit: zoo}"))
    clocks.write_text(clocks.read_text().replace("amount: 2,", "amount: 3,"))
    areas.write_text(areas.read_text().replace('"en":"Tinglan City"', '"en":"Tinglan"', 1))
    report = try_pack(copy, viewer=SYSTEM, now=NOW)
    told = report.diffs["units"]
    assert (told.added, told.changed, told.gone) == (("zoo",), ("police",), ("parks",))
    assert report.diffs["areas"].changed == ("390100",) and report.diffs["roles"].is_empty
    assert report.diffs["clocks"].changed == ("handle inquiry",) and not report.diffs["clocks"].gone


def test_an_exported_pack_says_the_same(copy, tmp_path):
    with pytest.raises(PackNotInstalled):
        get_contents("nowhere")
    (copy / "units.yaml").write_text((copy / "units.yaml").read_text() + "\n")
    install(copy)
    write_pack(tmp_path / "out", *get_contents("starter"))
    report = try_pack(tmp_path / "out", viewer=SYSTEM, now=NOW)
    assert not any(report.changed.values()) and all(found.is_empty for found in report.diffs.values())
    with pytest.raises(PackInvalid, match="files in this folder"):
        write_pack(tmp_path / "out", *get_contents("starter"))


def test_only_the_system_installs(copy):
    for act in (install_pack, try_pack):
        with pytest.raises(NotPermitted):
            act(copy, viewer=ANONYMOUS, now=NOW)


BROKEN = [
    ("pack.toml", 'kind = "city"', "", ["kind", "is missing"]),
    ("pack.toml", 'kind = "city"', "kind = city", ["pack.toml", "line"]),
    ("pack.toml", 'kind = "city"', 'kind = "town"', ["pack.toml", "line", "'city' or 'scenario'"]),
    ("pack.toml", 'version = "1.0.0"', 'version = "1.0"', ["version", "“1.0”"]),
    ("pack.toml", 'version = "1.0.0"', 'version = "0.9.9"', ["line 3", "older than the installed 1.0.0"]),
    ("pack.toml", 'id = "starter"', 'id = "../starter"', ["id", "“../starter”"]),
    ("pack.toml", 'time_zone = "Asia/Shanghai"', "", ["city.time_zone", "is missing"]),
    ("pack.toml", "[areas]", "[places]", ["places", "is not known here", "Known are"]),
    ("pack.toml", 'datum = "WGS84"', 'datum = "ITRF"', ["areas.datum", "“ITRF”", "GCJ-02"]),
    ("pack.toml", "units.yaml", "../units.yaml", ["line 34", "outside the pack"]),
    ("pack.toml", "units.yaml", "units.py", ["parts.units", "no data file"]),
    ("pack.toml", "units.yaml", "nowhere.yaml", ["nowhere.yaml", "does not exist"]),
    ("pack.toml", "[parts]", '[parts]\nspells = "units.yaml"', ["parts.spells", "is no part", "Known parts are"]),
    ("pack.toml", "[areas]", '[requires]\nweather = "2.1.0"\n[areas]', ["requires.weather", "none is installed"]),
    ("units.yaml", "- {code", "- {{code", ["units.yaml", "line"]),
    ("clocks.yaml", "{kind", "{kind[", ["clocks.yaml", "line"]),
    ("units.yaml", "names:", "nams:", ["line 3", "[1].nams", "Did you mean names?"]),
    ("units.yaml", "parent: city-government", "parent: city-goverment", ["units.yaml", "line 4", "city-goverment"]),
    ("units.yaml", "- {code: parks,", "- {code: urban-management,", ["line 6", "second time"]),
    ("units.yaml", "email: office@example.invalid", "email: office", ["line 3", "[1].email"]),
    ("roles.yaml", "cases.dispatch", "cases.fly", ["roles.yaml", "cases.fly"]),
    ("clocks.yaml", "amount: 2,", "amount: two,", ["line 3", "[1].amount", "“two”"]),
    ("clocks.yaml", "matter_type: help", "matter_type: inquiry", ["line 5", "“handle inquiry” stands here"]),
    ("clocks.yaml", "unit: working_days", "unit: weeks", ["[1].unit", "“weeks”", "working_days"]),
    ("rules.yaml", "then: {unit: hotline-centre}", "then: {}", ["[1].then", "names either a unit or unit_of_area"]),
    ("rules.yaml", 'from: "22:00"', 'from: "25:00"', ["[2].when.hours.from", "“25:00”"]),
    ("rules.yaml", "  order: 10\n", "  order: 10\n  order: 11\n", ["rules.yaml", "“order” stands twice"]),
    ("calendars.yaml", "date: 2023-04-29", "date: 2023-02-30", ["line 31", "[1].days[15].date", "2023-02-30"]),
    ("calendars.yaml", "time_zone: Asia/Shanghai", "time_zone: Asia/Beijing", ["[1].time_zone", "is no time zone"]),
    ("retention.yaml", "days: 180", "days: 0", ["[2].days", "greater than or equal to 1"]),
    ("areas.geojson", '"type":"Polygon"', '"type":"Point"', ["areas.geojson", "line 2", "features[1].geometry.type"]),
    ("areas.geojson", '"FeatureCollection","features"', '"FeatureCollection","things"', ["is not a FeatureCollection"]),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_pack_is_refused_with_the_place_and_nothing_changes(copy, file, old, new, words):
    path = copy / file
    text = path.read_text()
    assert old in text, f"{file} no longer has {old}"
    path.write_text(text.replace(old, new, 1))
    before = InstalledPack.objects.get().digest
    with translation.override("en"), pytest.raises(PackInvalid) as refused:
        install(copy)
    told = " ".join([str(refused.value), *(sentence for _file, sentence in refused.value.errors)])
    assert not [word for word in words if word not in told], told
    assert InstalledPack.objects.get().digest == before


def test_all_mistakes_are_told_at_once(copy):
    (copy / "units.yaml").write_text("- {code: a}\n- {names: {en: B}, colour: red}\n")
    (copy / "clocks.yaml").write_text("nothing\n")
    with pytest.raises(PackInvalid) as refused:
        install(copy)
    told = [sentence for _file, sentence in refused.value.errors]
    assert [sentence.partition(":")[0] for sentence in told] == ["units.yaml"] * 3 + ["clocks.yaml"]


def test_what_a_pack_needs_must_be_there_and_new_enough(copy):
    manifest = copy / "pack.toml"
    text = manifest.read_text().replace('id = "starter"', 'id = "other"')
    for wanted, is_refused in (("1.0.0", False), ("1.0.1", True), ("0.9.0", True), ("2.0.0", True)):
        manifest.write_text(text.replace("[areas]", f'[requires]\nstarter = "{wanted}"\n[areas]'))
        if is_refused:
            with pytest.raises(PackInvalid, match="starter"):
                try_pack(copy, viewer=SYSTEM, now=NOW)
        else:
            try_pack(copy, viewer=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in pairwise("abcdefghij")),
        "- &a [*a]\n",
        "!!python/object/apply:os.system ['true']\n",
        "[" * 100_000,
        "\udcff",
    ],
    ids=["bomb", "ring", "code", "deep", "not text"],
)
def test_a_hostile_file_is_refused_and_nothing_grows_or_runs(copy, text):
    (copy / "units.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(PackInvalid):
        install(copy)


def test_nothing_outside_the_pack_is_read(copy, tmp_path):
    outside = tmp_path / "secret.yaml"
    outside.write_text("- {code: a, names: {en: A}}\n")
    (copy / "units.yaml").unlink()
    (copy / "units.yaml").symlink_to(outside)
    with pytest.raises(PackInvalid, match="outside"):
        install(copy)


def test_a_new_pack_is_in_order_from_its_first_minute(city, tmp_path):
    new = Beginning("lotus-city", {"zh-hans": "莲城市", "en": "Lotus City"}, "LC", (113.3, 23.1))
    write_draft(tmp_path / "lotus", STARTER, new)
    report = try_pack(tmp_path / "lotus", viewer=SYSTEM, now=NOW)
    assert report.changed["areas"] == 3 and report.changed["units"] == 4
    with pytest.raises(PackInvalid, match="files in this folder"):
        write_draft(tmp_path / "lotus", STARTER, new)
    wrong = Beginning("Lotus", {"chinese!": "莲"}, "toolong", (200, 0))
    with pytest.raises(PackInvalid) as refused:
        write_draft(tmp_path / "other", STARTER, wrong)
    assert len(refused.value.errors) >= 4 and not (tmp_path / "other").exists()

"""Which entry a path means: value map, own code, code, name; what is missing is made once and under its parent."""

from uuid import UUID

from yiwang.hub.cases.mapping import Reference
from yiwang.hub.cases.records import Step
from yiwang.hub.cases.services.matching import Entry, Found, Matcher

LOTUS, CENTRE_EAST, CENTRE_WEST, POLICE = (UUID(int=number) for number in range(1, 5))
ENTRIES = [
    Entry(LOTUS, "39", [["汀兰市", "莲花街道"], ["Tinglan", "Lotus"]]),
    Entry(CENTRE_EAST, "41", [["东区", "中心社区"]]),
    Entry(CENTRE_WEST, "42", [["西区", "中心社区"]]),
    Entry(POLICE, "police", [["公安局"]], may_have_children=False),
]


def matcher(create=None, length=40, **reference):
    body = {"path": ["a"], **reference}
    return Matcher(Reference.model_validate(body), ENTRIES, prefix="old", code_length=length, create=create)


def path(*names):
    return tuple(Step(*name) if isinstance(name, tuple) else Step(name) for name in names)


def test_names_are_found_in_any_language_case_and_width_with_as_much_path_as_is_given():
    names = matcher()
    for known in (path("莲花街道"), path("lotus"), path("ＬＯＴＵＳ"), path("汀兰市", "莲花街道")):
        assert names.find(known) == Found(LOTUS, True)
    assert names.find(path("东区", "中心社区")) == Found(CENTRE_EAST, True)
    assert names.find(()) == Found(None, True)


def test_a_name_of_several_entries_means_none_and_none_is_made():
    made = []
    names = matcher(create=lambda missing: made.append(missing))
    assert names.find(path("中心社区")) == Found(None, False)
    names.make_missing([path("中心社区")])
    assert made == [] and names.created_count == 0


def test_the_known_beginning_of_a_path_is_the_answer_but_not_the_whole():
    assert matcher().find(path("莲花街道", "新社区")) == Found(LOTUS, False)


def test_value_map_and_codes_come_before_names():
    assert matcher(values={"Lotus": "police"}).find(path("Lotus")) == Found(POLICE, True)
    assert matcher(match=["code"]).find(path(("whatever", "42"))) == Found(CENTRE_WEST, True)
    assert matcher(match=["code"]).find(path("Lotus")) == Found(None, False)
    assert matcher(values={"x": "nowhere", "y": "police"}).unknown_targets() == ["nowhere"]


def test_missing_entries_are_made_once_under_the_known_parent_and_found_afterwards():
    calls = []

    def create(missing):
        calls.append([(entry.code, entry.name, entry.parent, entry.depth) for entry in missing])
        return {entry.code: UUID(int=100 + number) for number, entry in enumerate(missing)}

    names = matcher(create=create)
    wanted = [path("莲花街道", ("新社区", "7"), "三网格"), path("莲花街道", ("新社区", "7")), path("公安局", "二队")]
    names.make_missing(wanted)
    names.make_missing(wanted)
    assert calls == [
        [
            ("old:莲花街道/7", "新社区", "39", 1),
            ("old:莲花街道/7/三网格", "三网格", "old:莲花街道/7", 2),
            # The police may have no children, so the whole path is made beside them.
            ("old:公安局", "公安局", None, 0),
            ("old:公安局/二队", "二队", "old:公安局", 1),
        ]
    ]
    assert names.created_count == 4
    assert names.find(wanted[0]) == Found(UUID(int=101), True)
    assert names.find(path("公安局", "二队")) == Found(UUID(int=103), True)


def test_codes_too_long_for_their_column_are_cut_but_stay_distinct():
    codes: list[str] = []

    def create(missing):
        codes.extend(entry.code for entry in missing)
        return dict.fromkeys(codes, LOTUS)

    matcher(length=20, create=create).make_missing([path("a" * 30 + "1"), path("a" * 30 + "2")])
    assert len(set(codes)) == 2
    assert all(len(code) == 20 for code in codes)


def test_nothing_is_made_where_the_mapping_forbids_it():
    def refuse(missing):
        raise AssertionError(missing)

    reference = Reference.model_validate({"path": ["a"], "create": False})
    names = Matcher(reference, ENTRIES, prefix="old", code_length=40, create=refuse)
    names.make_missing([path("new")])
    assert names.find(path("new")) == Found(None, False)

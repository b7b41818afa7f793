"""The starter city's words recognise real messages: how many, and how many rightly."""

import csv
import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from yiwang.hub.dispatch.recognition import CategoryWords, Vocabulary, recognise

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT.parent / "shared" / "data" / "messages_zh"
ENTRIES = yaml.safe_load((ROOT / "packs" / "starter" / "categories.yaml").read_text(encoding="utf-8"))
NUMBERS = {entry["code"]: UUID(int=number) for number, entry in enumerate(ENTRIES)}
PARENTS = {entry["code"]: entry.get("parent") for entry in ENTRIES}
CODES = {number: code for code, number in NUMBERS.items()}

# The contest's seven first-level labels, and the groups of this city that a person would file them under.
GROUPS_OF_LABEL = {
    "城乡建设": {"CG", "ZJ", "GH", "GY"},
    "环境保护": {"HB"},
    "交通运输": {"JT"},
    "教育文体": {"JY"},
    "劳动和社会保障": {"RS"},
    "卫生计生": {"WJ"},
    "商贸旅游": {"SC"},
}


@cache
def words() -> list[CategoryWords]:
    return [
        CategoryWords(
            path=path_of(entry["code"]), words=[word.casefold() for part in entry["words"].values() for word in part]
        )
        for entry in ENTRIES
        if "words" in entry
    ]


def path_of(code: str) -> tuple[UUID, ...]:
    parent = PARENTS[code]
    return (*(path_of(parent) if parent else ()), NUMBERS[code])


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary(words())


def category_of(title: str, text: str = "") -> str | None:
    recognised = recognise(title, text, vocabulary())
    return CODES[recognised.category_id] if recognised.category_id else None


def messages(name: str) -> list[Mapping[str, str]]:
    path = MESSAGES / name
    if not path.exists():
        pytest.skip(f"the real file messages_zh/{name} is not on this machine")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_no_word_stands_in_two_categories() -> None:
    every = [word for category in words() for word in category.words]
    assert len(every) == len(set(every))


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("荷花路12号路灯不亮", "CG07"),
        ("小区物业乱收物业费", "ZJ01"),
        ("工地夜间施工，施工扰民到凌晨", "HB011"),
        ("老板拖欠工资三个月", "RS01"),
        ("自来水停水两天了", "GY01"),
        ("Streetlight dark at 12 Lotus Road", "CG07"),
        ("Deep pothole in the road surface", "JT04"),
        ("Water outage, no water since Monday", "GY01"),
        ("Rubbish bins overflowing, garbage everywhere", "CG01"),
    ],
)
def test_plain_sentences_are_understood(message: str, code: str) -> None:
    assert category_of(message, message) == code


@pytest.mark.parametrize("message", ["你好", "请领导关注", "Good morning", "I have a question about my business"])
def test_what_says_nothing_is_left_to_people(message: str) -> None:
    assert category_of(message, message) is None


@pytest.mark.parametrize("name", ["hot_topics_4326.csv.gz", "replies_2816.csv.gz"])
def test_most_real_messages_are_recognised(name: str) -> None:
    rows = messages(name)[::3]
    share = sum(category_of(row["留言主题"], row["留言详情"]) is not None for row in rows) / len(rows)
    assert share >= 0.6, f"{share:.1%} recognised; measured 69 %"


def test_those_recognised_are_recognised_rightly() -> None:
    rows = messages("labelled_456.csv.gz")
    found = [(category_of(row["留言主题"], row["留言详情"]), row["一级标签"]) for row in rows]
    recognised = [(code[:2], label) for code, label in found if code]
    right = sum(group in GROUPS_OF_LABEL[label] for group, label in recognised) / len(recognised)
    assert len(recognised) / len(rows) >= 0.6, f"{len(recognised)} of {len(rows)} recognised; measured 74 %"
    assert right >= 0.85, f"{right:.1%} in the right group; measured 92 %"

"""Finds personal data in free text: numbers by shape and check digit, names and addresses by the words around them.

Pure, and deliberately plain: every finding can be explained to the person who decides about it. Offsets count
characters of the text as given. What it cannot see is in docs/privacy.md.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from yiwang.foundation.privacy.names import find_name
from yiwang.foundation.privacy.numbers import is_bank_card, is_old_resident_id, is_resident_id
from yiwang.foundation.privacy.types import FindingKind

Span = tuple[int, int]


class Finding(NamedTuple):
    """``text[start:end]`` looks like personal data of this kind; ``types.REASONS`` says why."""

    kind: FindingKind
    start: int
    end: int


# Digits, brackets and signs of full width mean the same and are as long.
NARROW = str.maketrans("０１２３４５６７８９＋－（）＠", "0123456789+-()@")
IS_WIDE = re.compile("[０-９＋－（）＠]")
LONG = re.compile(r"[0-9](?:[ ()-]{0,2}[0-9]){6}")

EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
RESIDENT_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx](?![0-9A-Za-z])")
BANK_CARD = re.compile(r"(?<![0-9A-Za-z])[4569][0-9]{3}(?:[ -]?[0-9]{4}){3}(?:[ -]?[0-9]{1,3})?(?![0-9A-Za-z])")
MOBILE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})(?![0-9A-Za-z]|\.[0-9])"
)
# Two digits behind the 0 in front of eight (010, 02x), three in front of seven or eight.
LANDLINE = re.compile(
    r"(?<![0-9A-Za-z.])(?:\(0(?:10|2[0-9]|[3-9][0-9]{2})\)|(?:\+86[ -]?|0)(?:10|2[0-9]|[3-9][0-9]{2})[ -]?)"
    r" ?[2-9][0-9]{2,3}[ -]?[0-9]{4}(?![0-9A-Za-z])"
)
LOCAL_LINE = re.compile(r"(?:电话|座机|[Tt][Ee][Ll])[号码是为.:： ]{0,4}([2-8][0-9]{6,7})(?![0-9A-Za-z])")
# GA 36-2018: province, office, five characters or six for new energy, without I and O.
PROVINCES = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤琼川贵云陕甘青蒙桂宁新藏"
PLATE = re.compile(
    rf"[{PROVINCES}][A-HJ-NP-Za-hj-np-z][ ·•・]?"
    r"((?:[A-HJ-NP-Za-hj-np-z0-9]{4}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳领试超])[0-9A-HJ-NP-Za-hj-np-z]?)(?![0-9A-Za-z])"
)
WECHAT = re.compile(
    r"(?:微信|[Vv][Xx]|加[Vv]|[Vv]信|威信|[Ww]e[Cc]hat)[号是为:： ]{0,4}([A-Za-z][A-Za-z0-9_-]{5,19})(?![A-Za-z0-9_-])"
)
QQ = re.compile(r"(?:[Qq]{2}|扣扣)[号码是为:： ]{0,4}([1-9][0-9]{4,10})(?![0-9A-Za-z])")
PASSPORT = re.compile(
    r"(?:护照|通行证|[Pp]assport)[^A-Z0-9]{0,16}(?<![A-Za-z0-9])([A-Z]{1,2}[0-9]{7,10})(?![A-Za-z0-9])"
)
OLD_ID = re.compile(r"(?:身份证|证件)[^0-9A-Za-z]{0,8}([1-9][0-9]{14})(?![0-9A-Za-z])")
# Written out so that no machine reads it: 一三八零零一三八零零零.
DIGIT = "〇零一二三四五六七八九幺"
SPELLED = re.compile(rf"(?<![{DIGIT}])[一幺][三四五六七八九][{DIGIT}]{{9}}(?![{DIGIT}])")
NUMERAL = r"(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})"
# No number is tried from its middle.
START = r"(?<![0-9一二三四五六七八九十])"
BUILDING = rf"{NUMERAL}(?:号楼|号院|[栋幢座弄号])"
ESTATE = r"[一-龥]{0,8}"
# Not the beginning of a quantity: 3 号楼 1380 户, 12 号 1503 人.
NO_UNIT = r"(?![0-9米元年月日人个条天次路班层])"
DOOR = re.compile(
    rf"{START}(?:{BUILDING}(?:{ESTATE}{BUILDING}){{0,2}}(?:{NUMERAL}单元)?[0-9]{{3,4}}(?:号?[室房户]|{NO_UNIT})"
    rf"|(?<=[一-龥])[0-9]{{1,3}}-[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9-])"
    rf"|{NUMERAL}单元{NUMERAL}(?:楼[东西南北中]户|0[0-9]室)"
    rf"|(?<=[村社区]){NUMERAL}组[0-9]{{1,4}}号)"
)
# What stands in front of the number and belongs to the place; the words that lead to it do not.
PLACE = re.compile(r"[一-龥0-9]{0,24}$")
LEADS = re.compile(r".*(?:住在|家住|就在|地址是|地点是|来自|[住在到是于往从])")
# What is called an order is no telephone and no card.
NO_PERSON = re.compile(
    r"(?:单号|单编号|订单|流水号?|交易号|编号|序列号|条形?码|户号|表号|批号|代码|证书号|文号)[^0-9]{0,4}$"
)
LOOK_BACK = 12


def scan(text: str) -> list[Finding]:
    """Everything in the text that looks like personal data, in order; nothing overlaps."""
    plain = text.translate(NARROW) if IS_WIDE.search(text) else text
    found: list[Finding] = []
    taken: list[Span] = []
    for finder in _finders(plain):
        for kind, start, end in finder(plain):
            if not any(start < last and first < end for first, last in taken):
                taken.append((start, end))
                found.append(Finding(kind, start, end))
    return sorted(found, key=lambda finding: finding.start)


Hit = tuple[FindingKind, int, int]


def _finders(text: str) -> Sequence[Callable[[str], Iterator[Hit]]]:
    """Only what has a chance: most texts hold no long number and none of the words."""
    letters = set(text)
    return [finder for finder, signs in FINDERS if all(not letters.isdisjoint(sign) for sign in signs)]


def _emails(text: str) -> Iterator[Hit]:
    return ((FindingKind.EMAIL, *match.span()) for match in EMAIL.finditer(text))


def _numbers(text: str) -> Iterator[Hit]:
    if LONG.search(text):
        yield from _long_numbers(text)
        yield from _telephones(text)


def _long_numbers(text: str) -> Iterator[Hit]:
    for match in RESIDENT_ID.finditer(text):
        if is_resident_id(_digits(match[0])):
            yield FindingKind.RESIDENT_ID, *match.span()
    for match in BANK_CARD.finditer(text):
        if is_bank_card(_digits(match[0])) and _is_persons(text, match.start()):
            yield FindingKind.BANK_CARD, *match.span()


def _telephones(text: str) -> Iterator[Hit]:
    for match in MOBILE.finditer(text):
        if _is_persons(text, match.start()):
            yield FindingKind.MOBILE, *match.span()
    for match in LANDLINE.finditer(text):
        if _is_persons(text, match.start()):
            yield FindingKind.LANDLINE, *match.span()
    for match in LOCAL_LINE.finditer(text):
        yield FindingKind.LANDLINE, *match.span(1)


def _spelled(text: str) -> Iterator[Hit]:
    return ((FindingKind.MOBILE, *match.span()) for match in SPELLED.finditer(text))


def _plates(text: str) -> Iterator[Hit]:
    for match in PLATE.finditer(text):
        if sum(letter.isdigit() for letter in match[1]) >= 3:
            yield FindingKind.PLATE, *match.span()


def _cues(text: str) -> Iterator[Hit]:
    """Numbers whose shape says little, behind the word that says what they are."""
    for match in OLD_ID.finditer(text):
        if is_old_resident_id(match[1]):
            yield FindingKind.RESIDENT_ID, *match.span(1)
    for kind, pattern in ((FindingKind.QQ, QQ), (FindingKind.PASSPORT, PASSPORT)):
        for match in pattern.finditer(text):
            yield kind, *match.span(1)


def _accounts(text: str) -> Iterator[Hit]:
    return ((FindingKind.WECHAT, *match.span(1)) for match in WECHAT.finditer(text))


def _doors(text: str) -> Iterator[Hit]:
    for match in DOOR.finditer(text):
        place = PLACE.search(text, max(0, match.start() - 24), match.start())
        start = place.start() if place else match.start()
        if lead := LEADS.match(text, start, match.start()):
            start = lead.end()
        yield FindingKind.ADDRESS, start, match.end()


DIGITS = frozenset("0123456789")
# Each with what the text must hold for it to find anything; the first to take a place keeps it.
FINDERS: Sequence[tuple[Callable[[str], Iterator[Hit]], tuple[frozenset[str], ...]]] = (
    (_emails, (frozenset("@"),)),
    (_cues, (DIGITS, frozenset("Qq扣照证Pp"))),
    (_numbers, (DIGITS,)),
    (_spelled, (frozenset("一幺"), frozenset("三四五六七八九"))),
    (_plates, (DIGITS, frozenset(PROVINCES))),
    (_doors, (frozenset("0123456789一二三四五六七八九十"), frozenset("栋幢座弄号-组元"))),
    (_accounts, (frozenset("信VvXxWw"),)),
    (find_name, (frozenset("叫姓系户"),)),
)


def _digits(text: str) -> str:
    return text.replace(" ", "").replace("-", "")


def _is_persons(text: str, start: int) -> bool:
    return NO_PERSON.search(text, max(0, start - LOOK_BACK), start) is None

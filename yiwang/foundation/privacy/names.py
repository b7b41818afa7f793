"""Names behind the words that announce them. Pure."""

import re
from collections.abc import Iterator

from yiwang.foundation.privacy.types import FindingKind

# Surnames of 99 of 100 people (the Ministry of Public Security's report on names, 2021, and its hundred most frequent),
# without those that begin everyday words more often than names.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫阎雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤萧傅祝季庞颜樊倪洪耿柯欧翁"
    "梅庄盛左路牛甘卓乔柳齐伍康施房凌解霍喻包符葛申童祁关焦裴苗辛骆涂谷靳宁游詹蒲艾岳柏翟安邢路单尚窦褚娄滕佟裘楚"
    "古司纪舒屈项鲍聂章鲁段殷段俞"
)
COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|百里|南宫|西门|独孤|轩辕|宇文|长孙"
NAME = re.compile(rf"(?:我叫|名叫|姓名|联系人)[写是为叫:：;； _]{{0,3}}((?:{COMPOUND}|[{SURNAMES}])[一-龥]{{1,6}})")
COMPOUNDS = tuple(COMPOUND.split("|"))
# Everyday words that begin with a surname.
WORDS = (
    "方便|方式|方面|于是|安全|安排|任何|包括|关系|关于|金额|白天|单位|路上|路人|高兴|江边|常年|向我|何时|何人|左右|石头|毛病|"
    "黄色|马上|汪汪|游客|房东|房子|解决|申请|申报|施工|严重|康复|盛大|牛奶|古时|纪念|宁可|余下|万一|成功|车来|龙头|梅雨|董事"
)
WORD = re.compile(WORDS)
# What comes behind a name when the sentence goes on.
FOLLOWS = frozenset("是想今住在要手电的身男女来反投随业我因于有年岁和与及已被就也现说这他她不为从向曾家户，。")
GIVEN_NAME = 2


def find_name(text: str) -> Iterator[tuple[FindingKind, int, int]]:
    """Names behind 我叫, 名叫, 姓名, 联系人: a surname and one or two characters."""
    for match in NAME.finditer(text):
        if not WORD.match(match[1]):
            start = match.start(1)
            yield FindingKind.NAME, start, start + _length(match[1])


def _length(run: str) -> int:
    """How many of these characters are the name: all if they end there, else up to a word that goes on."""
    surname = 2 if run.startswith(COMPOUNDS) else 1
    longest = surname + GIVEN_NAME
    if len(run) <= longest:
        return len(run)
    if run[longest] in FOLLOWS or run[longest - 1] not in FOLLOWS:
        return longest
    return longest - 1

"""Words for full-text search. One dictionary for what is stored and for what is asked, so that they meet.

Stored texts are cut into *every* dictionary word and single character they contain, questions into few words; so a
text is found by any piece of it that is made of whole dictionary words or characters, however the segmenter would
have read the text as a whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

import rjieba

MAX_WORDS = 600
MAX_QUERY_WORDS = 12
LONGEST_WORD = 64
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Distinct search words of ``text`` in order of appearance, folded to lower case and NFKC; at most 600."""
    return list(dict.fromkeys(_words_in(rjieba.cut_all(_fold(text)))))[:MAX_WORDS]


def query_words(text: str) -> list[str]:
    """The words a searcher's text is matched by: all must occur. At most twelve, in order."""
    return list(dict.fromkeys(_words_in(rjieba.cut(_fold(text), hmm=False))))[:MAX_QUERY_WORDS]


def _words_in(pieces: Iterable[str]) -> Iterator[str]:
    """The segmenter leaves some signs within a piece: the end of a line, a plus sign. Words end there all the same."""
    for piece in pieces:
        yield from (word for word in _WORD.findall(piece) if len(word) <= LONGEST_WORD)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()

"""Words for full-text search. One dictionary for what is stored and for what is asked, so that they meet.

Stored texts are cut into *every* dictionary word and single character they contain, questions into few words; so a
text is found by any piece of it that is made of whole dictionary words or characters, however the segmenter would
have read the text as a whole.
"""

import re
import unicodedata

import rjieba

MAX_WORDS = 600
MAX_QUERY_WORDS = 12
LONGEST_WORD = 64
_WORD = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """Distinct search words of ``text`` in order of appearance, folded to lower case and NFKC; at most 600."""
    found: dict[str, None] = {}
    for piece in rjieba.cut_all(_fold(text)):
        if _WORD.fullmatch(piece) and len(piece) <= LONGEST_WORD:
            found[piece] = None
            if len(found) == MAX_WORDS:
                break
    return list(found)


def query_words(text: str) -> list[str]:
    """The words a searcher's text is matched by: all must occur. At most twelve, in order."""
    pieces = rjieba.cut(_fold(text), hmm=False)
    found = [piece for piece in pieces if _WORD.fullmatch(piece) and len(piece) <= LONGEST_WORD]
    return list(dict.fromkeys(found))[:MAX_QUERY_WORDS]


def _fold(text: str) -> str:
    # At a line's end the segmenter takes the words on both sides for one; only at a blank it never does.
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

"""Recognising a category by residents' plain words, as rules do: count the words of each category, demand a clear lead.

No learning and no probabilities: a person can read the word list and see why. Anything unclear is left to people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from yiwang.hub.dispatch.types import Recognition

TITLE_WEIGHT = 3
# A category is recognised when its score reaches ENOUGH and is LEAD times the score of the best of another group.
ENOUGH = 2.0
LEAD = 2.0


@dataclass(frozen=True)
class CategoryWords:
    """A category with its words. ``path`` leads from its topmost group to itself: only rivals of another group make a
    text unclear, and a category inherits what speaks for its parents."""

    path: tuple[UUID, ...]
    words: Sequence[str]


class Vocabulary:
    """The words of all categories, indexed by their first two characters: a text is walked once, however many there
    are. Words of one character say too little and are left out."""

    def __init__(self, categories: Sequence[CategoryWords]) -> None:
        self.paths: Mapping[UUID, tuple[UUID, ...]] = {category.path[-1]: category.path for category in categories}
        self._by_start: dict[str, list[tuple[str, UUID]]] = {}
        for category in categories:
            for word in {word.casefold() for word in category.words if len(word) > 1}:
                self._by_start.setdefault(word[:2], []).append((word, category.path[-1]))

    def find(self, text: str) -> set[tuple[str, UUID]]:
        """The words that occur in a folded text, each with its category. Latin words count only as whole words."""
        found = set()
        for place in range(len(text) - 1):
            for word, category_id in self._by_start.get(text[place : place + 2], ()):
                if text.startswith(word, place) and _stands_alone(text, place, word):
                    found.add((word, category_id))
        return found


def recognise(title: str, text: str, vocabulary: Vocabulary) -> Recognition:
    """The category whose words clearly lead in title and text; longer words weigh more, the title counts thrice."""
    own: dict[UUID, float] = {}
    words: dict[UUID, set[str]] = {}
    for part, weight in ((title, TITLE_WEIGHT), (text, 1)):
        for word, category_id in vocabulary.find(part.casefold()):
            own[category_id] = own.get(category_id, 0.0) + weight * _weight(word)
            words.setdefault(category_id, set()).add(word)
    if not own:
        return Recognition("none")
    scores = {category_id: sum(own.get(step, 0.0) for step in vocabulary.paths[category_id]) for category_id in own}
    return _judge(scores, words, vocabulary.paths)


def _judge(
    scores: Mapping[UUID, float], words: Mapping[UUID, set[str]], paths: Mapping[UUID, tuple[UUID, ...]]
) -> Recognition:
    # The deepest wins a tie: what speaks for a parent speaks for the child as well.
    ranked = sorted(scores, key=lambda category_id: (-scores[category_id], -len(paths[category_id]), category_id))
    best = ranked[0]
    rivals = [other for other in ranked[1:] if paths[other][0] != paths[best][0]]
    strongest_rival = scores[rivals[0]] if rivals else 0.0
    matched = tuple(sorted(set().union(*(words.get(step, ()) for step in paths[best]))))
    if scores[best] >= ENOUGH and scores[best] >= LEAD * strongest_rival:
        return Recognition("clear", best, matched, tuple(rivals[:3]))
    return Recognition("ambiguous", None, matched, (best, *rivals[:2]))


def _stands_alone(text: str, place: int, word: str) -> bool:
    if not word.isascii():
        return True
    before, after = text[max(place - 1, 0) : place], text[place + len(word) : place + len(word) + 2]
    after = after.removeprefix("s")  # the English plural
    return not any(neighbour.isascii() and neighbour.isalnum() for neighbour in (before, after[:1]))


def _weight(word: str) -> float:
    # Two-character words are common in Chinese and often part of another word; a four-character word says much more.
    return 1.0 if len(word) == 2 else 1.5 if len(word) == 3 else 2.0

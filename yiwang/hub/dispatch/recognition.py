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
    """A category with its words (lower case) and the group it belongs to: only rivals of another group make it
    unclear."""

    category_id: UUID
    group_id: UUID
    words: Sequence[str]


def recognise(title: str, text: str, categories: Sequence[CategoryWords]) -> Recognition:
    """The category whose words clearly lead in title and text; longer words weigh more, the title counts thrice."""
    title, text = title.casefold(), text.casefold()
    scores: dict[UUID, float] = {}
    matched: dict[UUID, tuple[str, ...]] = {}
    group_of: dict[UUID, UUID] = {}
    for category in categories:
        hits = {word: TITLE_WEIGHT * (word in title) + (word in text) for word in category.words}
        score = sum(count * _weight(word) for word, count in hits.items())
        if score:
            scores[category.category_id] = score
            matched[category.category_id] = tuple(word for word, count in hits.items() if count)
            group_of[category.category_id] = category.group_id
    if not scores:
        return Recognition("none")
    return _judge(scores, matched, group_of)


def _judge(
    scores: Mapping[UUID, float], matched: Mapping[UUID, tuple[str, ...]], group_of: Mapping[UUID, UUID]
) -> Recognition:
    ranked = sorted(scores, key=lambda category_id: (-scores[category_id], category_id))
    best = ranked[0]
    rivals = [other for other in ranked[1:] if group_of[other] != group_of[best]]
    strongest_rival = scores[rivals[0]] if rivals else 0.0
    if scores[best] >= ENOUGH and scores[best] >= LEAD * strongest_rival:
        return Recognition("clear", best, matched[best], tuple(rivals[:3]))
    return Recognition("ambiguous", None, matched[best], (best, *rivals[:2]))


def _weight(word: str) -> float:
    # Two-character words are common in Chinese and often part of another word; a four-character word says much more.
    return 0.5 if len(word) <= 1 else 1.0 if len(word) == 2 else 1.5 if len(word) == 3 else 2.0

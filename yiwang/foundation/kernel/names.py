"""Names in several languages, stored as one JSON object keyed by BCP 47 tag in lower case: ``{"zh-hans": "...",
"en": "..."}``."""

from collections.abc import Mapping

Names = dict[str, str]


def pick(names: Mapping[str, str] | None, language: str) -> str:
    """The name in ``language``; else in its main language; else the first there is; else an empty string."""
    if not names:
        return ""
    main = language.split("-", maxsplit=1)[0]
    for tag in (language, main, *(t for t in names if t.split("-")[0] == main)):
        if names.get(tag):
            return names[tag]
    return next(iter(names.values()))

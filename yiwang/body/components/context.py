"""What every template knows: the city's name, and the reader's wishes (theme, elder mode, language, shortcuts)."""

from dataclasses import dataclass

from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.utils.translation import get_language

from yiwang.foundation.kernel.names import pick
from yiwang.foundation.packs.selectors import find_city

THEMES = ("system", "light", "dark")

# Printing always uses the light colours, so the dark stylesheet never applies to paper.
_DARK_MEDIA = {
    "system": "screen and (prefers-color-scheme: dark)",
    "light": "not all",
    "dark": "screen",
}


@dataclass(frozen=True)
class Preferences:
    """The reader's wishes, as read from cookies. ``dark_media`` is the media attribute of the dark stylesheet."""

    theme: str = "system"
    elder: bool = False
    shortcuts: bool = True

    @property
    def dark_media(self) -> str:
        return _DARK_MEDIA[self.theme]

    @property
    def html_class(self) -> str:
        return "elder" if self.elder else ""


def read_preferences(request: HttpRequest) -> Preferences:
    """Cookies come from outside: anything unknown counts as not set."""
    theme = request.COOKIES.get("theme", "system")
    return Preferences(
        theme=theme if theme in THEMES else "system",
        elder=request.COOKIES.get("elder") == "1",
        shortcuts=request.COOKIES.get("shortcuts") != "0",
    )


def preferences(request: HttpRequest) -> dict[str, Preferences | str]:
    """Context processor: ``preferences``, and ``city_name`` in the reader's language."""
    return {"preferences": read_preferences(request), "city_name": _city_name()}


def _city_name() -> str:
    try:
        city = find_city()
    except DatabaseError:
        # The page that says "the database is away" must not need the database.
        return ""
    return pick(city.names, get_language() or "") if city else ""

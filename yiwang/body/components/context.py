"""What every template knows about the reader's wishes: theme, elder mode, language, keyboard shortcuts."""

from dataclasses import dataclass

from django.http import HttpRequest

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


def preferences(request: HttpRequest) -> dict[str, Preferences]:
    """Context processor."""
    return {"preferences": read_preferences(request)}

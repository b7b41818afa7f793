"""The command ``yiwang``. Commands are loaded when they are called, so that the map of them is shown at once."""

from importlib import import_module
from typing import Any, NamedTuple

import click


class Entry(NamedTuple):
    """Where a command is (``module:function`` in this package), and its line on the map."""

    place: str
    line: str


COMMANDS: dict[str, dict[str, Entry]] = {
    "Running": {
        "run": Entry("running:run", "Open the city: database, web server and worker; Ctrl-C stops all."),
        "serve": Entry("running:serve", "Run the web server alone."),
        "worker": Entry("running:worker", "Run one job worker alone."),
        "doctor": Entry("examining:doctor", "Check the installation and say what to do."),
        "events": Entry("examining:events", "Show who announces what, and who listens."),
    },
    "Setting up": {
        "migrate": Entry("settling:migrate", "Bring the tables up to date."),
        "packs": Entry("packing:packs", "Begin, check, compare and install packs."),
        "keys": Entry("settling:keys", "Create, change and retire the secret keys."),
        "apikey": Entry("apikeys:apikey", "Create, list and revoke keys for programs."),
    },
    "Data": {
        "import": Entry("history:import_history", "Move in a file of past service requests."),
        "areas": Entry("areas:areas", "Store the areas points are found in (GeoJSON)."),
        "export": Entry("history:export_history", "Write cases to a file."),
        "replay": Entry("replaying:replay", "Send a file of messages through the live path."),
        "audit": Entry("auditing:audit", "Verify the trail; prove what it says of a case."),
        "privacy": Entry("scanning:privacy", "Look for personal data in texts and names of files."),
        "files": Entry("storing:files", "Check the store of files; scan again."),
        "backup": Entry("archiving:backup", "Write everything into one archive."),
        "restore": Entry("archiving:restore", "Put an archive back."),
    },
    "Measuring": {
        "bench": Entry("benching:bench", "Measure the promised figures."),
    },
}


class Map(click.Group):
    """A group whose commands stand in a table, grouped by topic, and whose errors are sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for topic in COMMANDS.values() for name in topic]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for topic in COMMANDS.values():
            if cmd_name in topic:
                module, _, function = topic[cmd_name].place.partition(":")
                command: click.Command = getattr(import_module(f"{__name__}.{module}"), function)
                return command
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, topic in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.line) for name, entry in topic.items()], col_max=12)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; an expected error is printed as its sentence and the remedy, with exit code 2."""
        from django.utils import translation

        from yiwang.foundation.kernel.errors import YiwangError

        try:
            return super().invoke(ctx)
        except YiwangError as error:
            # The terminal speaks English: scripts and search engines read it too.
            if translation_is_loaded():
                with translation.override("en"):
                    click.echo(str(error), err=True)
            else:
                click.echo(str(error), err=True)
            ctx.exit(2)


def translation_is_loaded() -> bool:
    """Whether catalogues can be used: not before Django's apps are."""
    from django.apps import apps

    return apps.ready


@click.command(cls=Map, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="yiwang")
def main() -> None:
    """Yiwang 一网: what a city runs to hear, dispatch and answer its residents.

    Settings are environment variables; docs/settings.md explains each.
    """

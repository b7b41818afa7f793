import click

from yiwang.foundation.kernel.settings import get_settings
from yiwang.project.cli.opening import open_city

RESEAL_AT_ONCE = 500


@click.command()
def migrate() -> None:
    """Bring the tables up to date with this program. Running it twice changes nothing."""
    with open_city(is_migrated=False):
        from django.core.management import call_command

        call_command("migrate", interactive=False)


@click.group()
def keys() -> None:
    """The secret keys: contacts are sealed with them. Keep a copy of the key file apart from the data."""


@keys.command()
def create() -> None:
    """Create the key file of a new city. An existing one is never replaced."""
    from yiwang.foundation.kernel.errors import CannotStart
    from yiwang.foundation.kernel.keys import create_key_file

    path = get_settings().key_file
    try:
        create_key_file(path)
    except FileExistsError:
        raise CannotStart(
            reason=f"There is a key file already: {path}.",
            hint="Keep it: without it the stored contacts cannot be read. For another city set YIWANG_HOME.",
        ) from None
    click.echo(f"Created {path}. Copy it to a safe place; backups leave it out.")


@keys.command("list")
def list_versions() -> None:
    """Show the versions of the key, and what is sealed with each."""
    with open_city():
        from yiwang.foundation.kernel.keys import get_keyring, list_key_uses

        ring = get_keyring()
        for version in sorted({*ring.masters, *ring.lasting}):
            state = "current" if version == ring.current else "old" if version in ring.masters else "retired"
            needed = [f"{count:,} {use.label}" for use in list_key_uses() if (count := use.count(version))]
            click.echo(f"{version:>4}  {state:<8} {', '.join(needed) or 'nothing is sealed with it'}")


@keys.command()
def rotate() -> None:
    """Add a version of the key and use it from now on. Then run “yiwang keys reseal”."""
    with open_city():
        from yiwang.foundation.kernel.keys import add_key_version

        version = add_key_version()
    click.echo(f"Version {version} is current. Copy {get_settings().key_file} to a safe place now.")
    click.echo("Running processes seal with it at once; restart them soon, so that sessions are signed with it too.")


@keys.command()
def reseal() -> None:
    """Move everything sealed with older keys to the current one, beside the open city. Stopped, it goes on there."""
    with open_city():
        from yiwang.foundation.kernel.keys import get_keyring, list_key_uses

        old = [version for version in get_keyring().masters if version != get_keyring().current]
        for use in list_key_uses():
            total, moved = sum(use.count(version) for version in old), 0
            with click.progressbar(length=total, label=f"{use.label}", show_pos=True) as bar:
                while found := use.reseal(RESEAL_AT_ONCE):
                    moved += found
                    bar.update(found)
            click.echo(f"{moved:,} {use.label} moved.")


@keys.command()
@click.argument("version", type=int)
def retire(version: int) -> None:
    """Destroy VERSION of the key. Refused while anything is sealed with it; archives from its time need it still."""
    with open_city():
        from yiwang.foundation.kernel.keys import retire_key_version

        retire_key_version(version)
    click.echo(f"Version {version} is destroyed. Receipts and links given out under it stay valid.")

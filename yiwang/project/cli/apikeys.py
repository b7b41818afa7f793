import click

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.project.cli.opening import open_city


@click.group()
def apikey() -> None:
    """Keys for programs that use the API. Only a digest is stored."""


@apikey.command()
@click.argument("name")
@click.option(
    "-p", "--permission", "permissions", multiple=True, required=True, help="For example cases.view; repeatable."
)
def create(name: str, permissions: tuple[str, ...]) -> None:
    """Create a key called NAME and print its secret, the only time it can be seen."""
    with open_city():
        from yiwang.foundation.identity.services import create_api_key

        click.echo(create_api_key(name, frozenset(permissions), viewer=SYSTEM, now=now()))


@apikey.command("list")
def list_() -> None:
    """List all keys, newest first."""
    with open_city():
        from yiwang.foundation.identity.selectors import list_api_keys

        rows = list_api_keys(viewer=SYSTEM)
    for row in rows:
        state = "revoked" if row.revoked_at else "active"
        used = f"{row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never"
        click.echo(f"{row.prefix}  {state:<8} used {used:<17} {row.name}  ({', '.join(sorted(row.permissions))})")


@apikey.command()
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Make the key with PREFIX useless at once."""
    with open_city():
        from yiwang.foundation.identity.services import revoke_api_key

        revoke_api_key(prefix, viewer=SYSTEM, now=now())
    click.echo(f"{prefix} is revoked.")

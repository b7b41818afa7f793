from datetime import timedelta

import click

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM, Secrecy
from yiwang.project.cli.opening import open_city


@click.group()
def apikey() -> None:
    """Keys for programs that use the API. Only a digest is stored."""


@apikey.command()
@click.argument("name")
@click.option(
    "-p", "--permission", "permissions", multiple=True, required=True, help="For example cases.view; repeatable."
)
@click.option("--unit", help="Only below this unit (its code).")
@click.option("--area", help="Only in this area (its code).")
@click.option("--matter", "matters", multiple=True, help="Only this matter type; repeatable.")
@click.option("--secrecy", type=click.Choice([*Secrecy]), multiple=True, help="Cleared for this too; repeatable.")
@click.option("--limit", default=600, show_default=True, type=click.IntRange(1), help="Calls a minute.")
@click.option("--days", type=click.IntRange(1), help="Ends after so many days; without it the key lives until revoked.")
def create(
    name: str,
    permissions: tuple[str, ...],
    unit: str | None,
    area: str | None,
    matters: tuple[str, ...],
    secrecy: tuple[str, ...],
    limit: int,
    days: int | None,
) -> None:
    """Create a key called NAME and print its secret, the only time it can be seen."""
    with open_city():
        from yiwang.foundation.identity.services import create_api_key
        from yiwang.foundation.identity.types import NewApiKey, ScopeChoice

        moment = now()
        scope = ScopeChoice(unit, area, matters or None, tuple(Secrecy(level) for level in secrecy))
        ends_at = moment + timedelta(days=days) if days else None
        new = NewApiKey(name, frozenset(permissions), scope, limit, ends_at)
        click.echo(create_api_key(new, viewer=SYSTEM, now=moment))


@apikey.command()
@click.argument("prefix")
@click.option("--overlap-hours", default=24, show_default=True, type=click.IntRange(0), help="How long both work.")
def rotate(prefix: str, overlap_hours: int) -> None:
    """Replace the key with PREFIX by a new one with the same rights and print the new secret."""
    with open_city():
        from yiwang.foundation.identity.services import rotate_api_key

        click.echo(rotate_api_key(prefix, overlap=timedelta(hours=overlap_hours), viewer=SYSTEM, now=now()))


@apikey.command("list")
def list_() -> None:
    """List all keys, newest first."""
    with open_city():
        from yiwang.foundation.identity.selectors import list_api_keys

        rows = list_api_keys(viewer=SYSTEM)
    moment = now()
    for row in rows:
        is_over = row.expires_at is not None and row.expires_at <= moment
        state = "revoked" if row.revoked_at else "ended" if is_over else "active"
        used = f"{row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never"
        until = f" until {row.expires_at:%Y-%m-%d %H:%M}" if row.expires_at else ""
        rights = ", ".join(sorted(row.permissions))
        click.echo(
            f"{row.prefix}  {state:<8} used {used:<17} {row.name}  ({rights}, {row.limit_per_minute}/min{until})"
        )


@apikey.command()
@click.argument("prefix")
def revoke(prefix: str) -> None:
    """Make the key with PREFIX useless at once."""
    with open_city():
        from yiwang.foundation.identity.services import revoke_api_key

        revoke_api_key(prefix, viewer=SYSTEM, now=now())
    click.echo(f"{prefix} is revoked.")

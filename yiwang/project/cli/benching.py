"""``yiwang bench``."""

import json

import click

from yiwang.project.bench.figures import ClaimBroken, table
from yiwang.project.bench.load import LineBroken
from yiwang.project.bench.runner import ALL, run_bench
from yiwang.project.bench.stage import StageFailed


@click.command()
@click.option("--city", "with_city", is_flag=True, help="Also measure with a million cases (long).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
@click.option("--only", multiple=True, type=click.Choice([*ALL]), help="Measure only this; may be repeated.")
def bench(*, with_city: bool, as_json: bool, only: tuple[str, ...]) -> None:
    """Measure the promised figures on a city of its own; ends with 1 when one is missed."""
    try:
        result = run_bench(only=only, with_city=with_city, say=lambda words: click.echo(words, err=True))
    except (ClaimBroken, LineBroken, StageFailed) as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(result.document(), ensure_ascii=False, indent=2))
    else:
        click.echo(table(result.figures))
        click.echo(", ".join(f"{name} {value}" for name, value in result.circumstances.items()))
    if not result.is_met:
        raise SystemExit(1)

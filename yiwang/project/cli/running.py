import click

from yiwang.foundation.kernel.settings import get_settings


@click.command()
def run() -> None:
    """Open the city: database, tables, city pack, web server and worker together. One Ctrl-C stops all."""
    from yiwang.project.supervisor import run_city

    run_city(get_settings())


@click.command()
def serve() -> None:
    """Run the web server alone, on a database that is already there; keeping it alive is yours."""
    from yiwang.project.supervisor import serve_alone

    serve_alone(get_settings())


@click.command()
def worker() -> None:
    """Run one job worker alone, on a database that is already there."""
    from yiwang.project.supervisor import work_alone

    work_alone(get_settings())

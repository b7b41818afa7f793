"""The steps that make an installation ready to serve, from an empty folder to the printed address."""

import errno
import json
import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

import yiwang
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import CannotStart
from yiwang.foundation.kernel.keys import create_key_file
from yiwang.foundation.kernel.settings import Settings
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.project.postgres import disk_full
from yiwang.project.safety import refuse_unsafe_settings

if TYPE_CHECKING:
    from yiwang.foundation.identity.types import DemoAccount

FREE_BYTES = 500 * 1024 * 1024
# Children of a killed supervisor need a moment to let go of the port.
PORT_PATIENCE_S = 2
SERVED_WITHIN_S = 60


def prepare_home(settings: Settings) -> None:
    """Room on the disk, and keys: created for a new city in development only. Raises CannotStart."""
    if shutil.disk_usage(settings.home).free < FREE_BYTES:
        raise disk_full(settings.home)
    # Where there is data already, new keys would hide that the right ones are missing.
    is_new = not (settings.home / "postgres").exists()
    if is_new and settings.env == "development" and not settings.key_file.exists():
        create_key_file(settings.key_file)
    refuse_unsafe_settings(settings)


def refuse_taken_port(settings: Settings) -> None:
    """Raises CannotStart when nobody may listen on the port, or somebody does already."""
    until = time.monotonic() + PORT_PATIENCE_S
    while True:
        try:
            family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((settings.host, settings.port))
                trial.listen(1)
                return
        except OSError as error:
            if error.errno == errno.EADDRINUSE and time.monotonic() < until:
                time.sleep(0.1)
                continue
            raise CannotStart(
                reason=f"Yiwang cannot listen on port {settings.port} of {settings.host}: {error.strerror}.",
                hint=f"Stop the program that uses it, or choose another port: PORT={settings.port + 1} yiwang run",
            ) from error


def prepare_city(settings: Settings) -> Sequence["DemoAccount"]:
    """Tables, city pack and demo accounts; does only what is missing. Returns all known demo accounts.

    Leaves no database connection open: forked children must not share one. Raises CannotStart and PackInvalid.
    """
    from django.core.management import call_command
    from django.db import connections
    from django.urls import get_resolver

    from yiwang.project.health import waiting_migrations
    from yiwang.project.safety import refuse_demo_accounts

    waiting = waiting_migrations()
    if waiting:
        click.echo(f"Preparing the tables ({len(waiting)} migrations) …")
        call_command("migrate", interactive=False, verbosity=0)
    accounts = _install_city(settings)
    refuse_demo_accounts(settings)
    # Views and templates' tags are loaded here once instead of in every child.
    len(get_resolver().url_patterns)
    connections.close_all()
    return accounts


def _install_city(settings: Settings) -> Sequence["DemoAccount"]:
    from yiwang.foundation.packs.selectors import find_city
    from yiwang.foundation.packs.services import create_pack_accounts, install_pack

    city = find_city()
    folder = _find_pack(settings.city_pack)
    if city is None:
        click.echo(f"Installing the city {folder} …")
        install_pack(folder, viewer=SYSTEM, now=now())
        city = find_city()
    if city is None or not city.is_demo or settings.is_production:
        return []
    return _keep_accounts(settings.home, create_pack_accounts(folder, viewer=SYSTEM, now=now()))


def _find_pack(folder: Path) -> Path:
    """A pack's path is meant from where the command runs, else from the project's own folder."""
    for place in (folder, Path(yiwang.__file__).parents[1] / folder):
        if place.is_dir():
            return place
    raise CannotStart(
        reason=f"The city pack {folder} does not exist.",
        hint="Set YIWANG_CITY_PACK to the folder of a pack, such as packs/starter.",
    )


def _keep_accounts(home: Path, created: Sequence["DemoAccount"]) -> Sequence["DemoAccount"]:
    """Adds new demo accounts to ``demo-accounts.json`` (mode 0600) and returns all of that file."""
    from yiwang.foundation.identity.types import DemoAccount

    path = home / "demo-accounts.json"
    known = [DemoAccount(**entry) for entry in json.loads(path.read_text())] if path.exists() else []
    if created:
        renewed = {account.username for account in created}
        known = [*(account for account in known if account.username not in renewed), *created]
        body = json.dumps([asdict(account) for account in known], ensure_ascii=False, indent=1)
        draft = path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(body)
        draft.replace(path)
    return known


def wait_until_served(settings: Settings, look_after: Callable[[], None]) -> None:
    """Returns when /readyz says yes; meanwhile ``look_after`` is called. Raises CannotStart after a minute."""
    until = time.monotonic() + SERVED_WITHIN_S
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104 - a name, no binding
    url = f"http://{host}:{settings.port}/readyz"
    request = urllib.request.Request(url, headers={"Host": urlsplit(settings.public_url).netloc})
    answer = "it did not answer"
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError as error:
            answer = error.read(500).decode(errors="replace")
        except OSError:
            pass  # not listening yet
        look_after()
        time.sleep(0.05)
    raise CannotStart(
        reason=f"The web server was not ready within {SERVED_WITHIN_S} s: {answer}",
        hint="The log lines above say why. If it is 400: add the host of YIWANG_PUBLIC_URL to YIWANG_ALLOWED_HOSTS.",
    )


def announce(settings: Settings, accounts: Sequence["DemoAccount"]) -> None:
    """Prints where the city can be reached, and the demo accounts if there are any."""
    click.echo(f"Yiwang is ready at {settings.public_url}")
    if not accounts:
        return
    click.echo(f"\nDemo accounts for {settings.public_url}/desk/ (kept in {settings.home / 'demo-accounts.json'}):")
    width = max(len(account.username) for account in accounts)
    for account in accounts:
        click.echo(f"  {account.username:<{width}}  {account.password}  {account.name} ({', '.join(account.roles)})")
    click.echo("\nCtrl-C closes the city.")

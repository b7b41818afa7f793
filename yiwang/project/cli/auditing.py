import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.project.cli.opening import open_city

SHOWN = 20
PAUSE_S = 1.0
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def audit() -> None:
    """The trail: every change and every reading of personal data, in a tree that shows when somebody changes it."""


@audit.command()
@click.option("--whole", is_flag=True, help="From the beginning, not from where the last verification ended.")
@click.option("--against", type=FILE, help="A copy of checkpoints.jsonl that was kept elsewhere.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def verify(whole: bool, against: Path | None, as_json: bool) -> None:
    """Compare rows, tree, checkpoints and their copies. Exit code 1 when something is wrong; says what and where."""
    with open_city():
        from yiwang.foundation.audit.selectors import verify_trail

        started = time.perf_counter()
        with click.progressbar(length=0, label="Leaves", hidden=as_json) as bar:

            def show(done: int, size: int) -> None:
                bar.length = size
                bar.update(done - bar.pos)

            found = verify_trail(whole=whole, against=against, viewer=SYSTEM, progress=show)
        seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps({**asdict(found), "is_right": not found.faults, "seconds": seconds}))
    else:
        _tell(found)
    raise SystemExit(1 if found.faults else 0)


@audit.command()
@click.argument("case")
def prove(case: str) -> None:
    """Write a proof of all the trail says of CASE (number, receipt or external number) for tools/verify_proof.py.

    It holds what the leaves say, reasons too: hand it to those only who may read that.
    """
    with open_city():
        click.echo(json.dumps(_proof(case), ensure_ascii=False, indent=1))


@audit.command()
def key() -> None:
    """Show the public keys that checkpoints are checked with, by version. Publish them where people will find them."""
    with open_city():
        from yiwang.foundation.audit.selectors import list_public_keys

        for version, text in list_public_keys().items():
            click.echo(f"{version}  {text}")


@audit.command()
@click.option("--follow", is_flag=True, help="Go on, once a second, until stopped.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def seal(follow: bool, as_json: bool) -> None:
    """Seal now what the worker would seal within ten seconds."""
    with open_city():
        from yiwang.foundation.audit.services import seal_leaves

        started = time.perf_counter()
        leaves = seal_leaves(now=now())
        seconds = time.perf_counter() - started
        while follow:
            time.sleep(PAUSE_S)
            leaves += seal_leaves(now=now())
    click.echo(json.dumps({"leaves": leaves, "seconds": seconds}) if as_json else f"{leaves:,} leaves sealed.")


def _tell(found: Any) -> None:
    click.echo(f"{found.size:,} leaves under {found.checkpoints:,} checkpoints; {found.count:,} leaves read.")
    if not found.has_copy:
        click.echo("There is no copy of the checkpoints outside the database: what was cut off its end cannot be seen.")
    if not found.faults:
        click.echo("Everything is as it was sealed.")
    for fault in found.faults[:SHOWN]:
        at = f" leaf {fault.seq}" if fault.seq is not None else ""
        place = f" at position {fault.position:,}" if fault.position is not None else ""
        click.echo(f"WRONG: {fault.kind.replace('_', ' ')}{at}{place}{': ' + fault.note if fault.note else ''}")
    if len(found.faults) > SHOWN:
        click.echo(f"… and {len(found.faults) - SHOWN:,} more; --json has them all.")


def _proof(number: str) -> Mapping[str, Any]:
    from yiwang.foundation.audit.selectors import prove as prove_leaves
    from yiwang.hub.cases.errors import CaseNotFound
    from yiwang.hub.cases.selectors import find_case_id_by_number, get_case

    case_id = find_case_id_by_number(number, viewer=SYSTEM)
    if case_id is None:
        raise CaseNotFound
    case = get_case(case_id, viewer=SYSTEM, now=now())
    subjects = [each for each in (case_id, case.report_id, case.contact_id) if each]
    proof = prove_leaves(subjects, viewer=SYSTEM, now=now())
    texts = {"cases.replied": ("reply", case.reply), "intake.report_received": ("report", case.text)}
    shown = [
        {"name": texts[action][0], "seq": seq, "text": texts[action][1]}
        for action, seq in _latest(proof["leaves"], texts).items()
        if texts[action][1]
    ]
    return {"case": case.row.number, **proof, "texts": shown}


def _latest(leaves: list[dict[str, Any]], texts: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """The entry each text is held against: the one it was written for, else the last of its kind, which refuses it."""
    found: dict[str, int] = {}
    for leaf in leaves:
        if leaf["action"] in texts and "text_sha256" in leaf["detail"]:
            digest = sha256(texts[leaf["action"]][1].encode()).hexdigest()
            if leaf["detail"]["text_sha256"] == digest or leaf["action"] not in found:
                found[leaf["action"]] = leaf["seq"]
    return found

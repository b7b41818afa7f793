"""A reply that was changed behind the city's back is found out with the proof, the public key and the script alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.journeys.browser import Visitors
from tests.journeys.errands import RIDDLE, dispatch, reply_to, report
from tests.journeys.live import LiveCity

SCRIPT = Path(__file__).parents[2] / "tools" / "verify_proof.py"


def judge(proof: str, key: str, folder: Path) -> tuple[int, str]:
    """What the script says, in a Python that knows nothing of Yiwang."""
    file = folder / "proof.json"
    file.write_text(proof, encoding="utf-8")
    command = [sys.executable, "-I", str(SCRIPT), "--key", key, str(file)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return answer.returncode, answer.stdout + answer.stderr


def proof_of(city: LiveCity, number: str) -> str:
    """``yiwang audit prove`` after everything is sealed."""
    city.stage.run("audit", "seal")
    return city.stage.run("audit", "prove", number)


def test_an_auditor_finds_a_changed_reply(live_city: LiveCity, visitors: Visitors, page: Page, tmp_path: Path):
    kept = report(page, RIDDLE)
    dispatch(live_city, visitors, kept.receipt)
    reply_to(live_city, visitors, kept.receipt, "已于今日修复。")
    number = live_city.number_of(kept.receipt)
    key = live_city.stage.run("audit", "key").split()[1]
    proof = proof_of(live_city, number)
    code, said = judge(proof, key, tmp_path)
    assert code == 0, said
    assert "2 texts" in said

    with live_city.stage.database() as connection:
        connection.execute("UPDATE cases_case SET reply = %s WHERE number = %s", ("无需处理。", number))
    code, said = judge(proof_of(live_city, number), key, tmp_path)
    assert (code, "the reply is not the text" in said) == (1, True), said

    told: dict[str, Any] = json.loads(proof)
    for text in told["texts"]:
        text["text"] += "！"
    assert judge(json.dumps(told), key, tmp_path)[0] == 1

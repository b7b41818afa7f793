"""A resident's browser, and a report sent with it."""

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.orgs.selectors import list_units
from yiwang.hub.cases.services import assign_case, open_case, reply_case, sign_case
from yiwang.hub.cases.types import Basis
from yiwang.network.intake.selectors import get_report_by_token

TEXT = "莲花路12号门口的路灯从星期一起就不亮了。"
PHONE = "13800138000"
REPLY = "两盏路灯已经更换，照明恢复正常。"


@dataclass
class Resident:
    """Somebody with a browser. ``token`` opens the report sent last."""

    browser: Client
    token: str = ""

    def form(self, **changes: Any) -> dict[str, Any]:
        """The form as the page gave it, filled in."""
        key = re.search(r'name="key" value="([^"]+)"', self.browser.get("/report").text)
        assert key
        return {"key": key[1], "text": TEXT, "address": "莲花路12号", **changes}

    def send(self, **changes: Any) -> Any:
        """Sends a report and remembers its token."""
        answer = self.browser.post("/report", self.form(**changes))
        assert answer.status_code == 303, answer.text
        self.token = answer["Location"].rpartition("/")[2]
        return answer

    def see(self, page: str) -> str:
        """The page ``receipt`` or ``track`` of the report."""
        answer = self.browser.get(f"/{page}/{self.token}")
        assert answer.status_code == 200
        return str(answer.text)

    @property
    def secret(self) -> str:
        """The secret as the receipt shows it."""
        shown = re.search(r'id="receipt-secret">([A-Z2-7-]+)<', self.see("receipt"))
        return shown[1] if shown else ""


@pytest.fixture
def resident(city: Any) -> Resident:
    return Resident(Client())


@pytest.fixture
def photo() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(content, "PNG")
    return SimpleUploadedFile("lamp.png", content.getvalue(), "image/png")


def open_case_of(token: str) -> UUID:
    """What the hub does when it hears of the report."""
    return open_case(get_report_by_token(token).id, now=now())


def answer_case_of(token: str) -> None:
    """The whole way through the house, to the unit's reply."""
    case_id = open_case_of(token)
    unit = list_units(on=now().date())[0]
    assign_case(case_id, unit.id, basis=Basis("person"), viewer=SYSTEM, now=now())
    sign_case(case_id, viewer=SYSTEM, now=now())
    reply_case(case_id, REPLY, viewer=SYSTEM, now=now())

"""Staff of two units, an operator and a technician in the starter city, and cases to work on."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.test import Client

from yiwang.foundation.identity.services import create_demo_accounts, save_roles
from yiwang.foundation.identity.types import NewAccount, NewRole, ScopeChoice
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, Secrecy
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.orgs.types import UnitRow
from yiwang.foundation.people.types import ContactDetails
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import assign_case, open_case
from yiwang.hub.cases.types import Basis, CaseDetail
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

MORNING = datetime(2026, 3, 2, 1, 12, tzinfo=UTC)
CLEARED = ScopeChoice(secrecy=(Secrecy.HIDE_IDENTITY,))
ROLES = {
    "test_operator": "cases.view cases.dispatch cases.reclassify cases.reopen people.view_contact files.view_original "
    "privacy.decide publication.release people.merge_persons",
    "test_handler": "cases.view cases.sign cases.reply cases.close",
    "test_technician": "operations.view operations.retry",
}


@dataclass(frozen=True)
class Staff:
    """Two units and browsers in which people are signed in; ``passwords`` by user name."""

    units: tuple[UnitRow, UnitRow]
    operator: Client
    handler: Client
    other_handler: Client
    technician: Client
    passwords: dict[str, str]


@pytest.fixture(autouse=True)
def _no_old_notes() -> None:
    caches["process"].clear()


@pytest.fixture
def staff(city: Any, settings: Any) -> Staff:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    roles = [NewRole(key, {"en": key}, frozenset(names.split())) for key, names in ROLES.items()]
    save_roles(roles, viewer=SYSTEM, now=MORNING)
    leaves = [unit for unit in list_units(on=MORNING.date()) if unit.parent_id]
    first, second = leaves[0], next(unit for unit in leaves[1:] if unit.parent_id != leaves[0].id)
    accounts = [
        NewAccount("t.operator", {"zh-hans": "王派单", "en": "Wang the operator"}, ("test_operator",), CLEARED),
        NewAccount(
            "t.handler", {"zh-hans": "李经办", "en": "Li the handler"}, ("test_handler",), ScopeChoice(unit=first.code)
        ),
        NewAccount(
            "t.other", {"zh-hans": "赵经办", "en": "Zhao the handler"}, ("test_handler",), ScopeChoice(unit=second.code)
        ),
        NewAccount("t.technician", {"zh-hans": "钱运维", "en": "Qian the technician"}, ("test_technician",)),
    ]
    created = create_demo_accounts(accounts, viewer=SYSTEM, now=MORNING, language="en")
    browsers = {account.username: _signed_in(account.username) for account in created}
    return Staff(
        units=(first, second),
        operator=browsers["t.operator"],
        handler=browsers["t.handler"],
        other_handler=browsers["t.other"],
        technician=browsers["t.technician"],
        passwords={account.username: account.password for account in created},
    )


def _signed_in(username: str) -> Client:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(get_user_model().objects.get(username=username))
    return browser


@pytest.fixture
def new_case(city: Any) -> Callable[..., CaseDetail]:
    """Makes a case as a report does, and dispatches it where a unit is given."""

    def make(text: str = "莲花路12号的路灯不亮了", *, unit_id: UUID | None = None, **report: Any) -> CaseDetail:
        moment = now()
        contact = ContactDetails(name="陈小姐", phone="13800138000")
        new = NewReport(text=text, contact=report.pop("contact", contact), **report)
        receipt = receive_report(new, viewer=ANONYMOUS, now=moment)
        case_id = open_case(receipt.report_id, now=moment)
        if unit_id:
            assign_case(case_id, unit_id, basis=Basis("person"), viewer=SYSTEM, now=moment)
        return get_case(case_id, viewer=SYSTEM, now=moment)

    return make

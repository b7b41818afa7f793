"""Who can call what: every route as every role, on matters of the own scope and of a foreign one.

The answers make docs/permissions.md; run with `REWRITE=1` this file writes the page anew.
"""

import copy
import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from tests import samples
from tests.architecture.house import ROOT, document
from tests.architecture.test_access import functions_behind, routes
from yiwang.body.desk.views.moves import ACTIONS
from yiwang.foundation.files.selectors import list_files
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.identity.selectors import list_accounts, list_api_keys, list_roles
from yiwang.foundation.identity.services import create_api_key, create_demo_accounts
from yiwang.foundation.identity.types import NewAccount, NewApiKey, ScopeChoice
from yiwang.foundation.kernel.access import PUBLIC
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, Secrecy
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.people.selectors import find_person_id
from yiwang.foundation.people.services import gather_contacts
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.selectors import list_districts
from yiwang.hub.cases.selectors import get_case
from yiwang.hub.cases.services import assign_case, open_case
from yiwang.hub.cases.types import Basis, CaseDetail
from yiwang.hub.publication.selectors import get_draft, get_public_case
from yiwang.hub.publication.services import redact_photo, release_case
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport

pytestmark = pytest.mark.django_db
UNITS = ("urban-management", "transport")
NOBODY = "nobody"
# What a cell says: everywhere, only in the own scope, refused; and what must never be.
EVERYWHERE, OWN, REFUSED, LEAK = "✓", "own", "–", "FOREIGN"
OF_A_CASE = ("<str:number>", "<uuid:person_id>")
Values = Mapping[str, Any]
HEAD = """# Who may call what

Every route was called as every role of the starter city by `tests/architecture/test_permissions.py`, which compares the
answers with this page; `REWRITE=1` before it writes the page anew. Each role is held in one district or unit and
each route about a matter is called twice: for a matter there, and for one of another district and unit.

✓ may call · own: may, for matters of the own scope, and learns nothing of others · – is refused or finds nothing.
**nobody** has not signed in. Merging persons is refused to all here: it takes a role held in the whole city. What a
role may do is pack data (`packs/starter/roles.yaml`); other cities differ.
"""


@dataclass(frozen=True)
class Route:
    """One method of one route; ``move`` where one route carries many actions."""

    method: str
    path: str
    access: str
    move: str = ""

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.replace('<str:move>', self.move)}"

    @property
    def is_scoped(self) -> bool:
        return any(part in self.path for part in OF_A_CASE)

    def fill(self, values: Values) -> str:
        """The address with examples in the place of its variables."""
        address = self.path.replace("<str:move>", self.move)
        for name, value in values.items():
            for kind in ("str", "uuid", "int"):
                address = address.replace(f"<{kind}:{name}>", str(value)).replace(f"{{{name}}}", str(value))
        return address


def make_case(unit_id: UUID, area: str) -> CaseDetail:
    reporter, photo = ContactDetails("王", f"1380000{area[-4:]}"), NewFile("灯.png", samples.photo())
    new = NewReport("路灯不亮", area=area, contact=reporter, photos=(photo,))
    case_id = open_case(receive_report(new, viewer=ANONYMOUS, now=now()).report_id, now=now())
    assign_case(case_id, unit_id, basis=Basis("person"), viewer=SYSTEM, now=now())
    gather_contacts(10, now=now())
    return get_case(case_id, viewer=SYSTEM, now=now())


def examples_of(case: CaseDetail) -> Values:
    """What stands in the addresses of a case."""
    assert case.report_id
    number, file_id = case.row.number, list_files("report", case.report_id)[0].id
    redact_photo(number, file_id, [], is_harmless=True, viewer=SYSTEM, now=now())
    release_case(number, seen=get_draft(number, viewer=SYSTEM, now=now()).seen, viewer=SYSTEM, now=now())
    photo_id = get_public_case(number).photo_ids[0]
    person_id = find_person_id(case.contact_id, viewer=SYSTEM) if case.contact_id else None
    common = {"change_id": case.row.id, "person_id": person_id}
    return {**common, "number": number, "file_id": file_id, "photo_id": photo_id, "version": case.version}


def examples_of_accounts() -> Values:
    """What stands in all other addresses and forms."""
    somebody = list_accounts(viewer=SYSTEM, text="operator").rows[0]
    create_api_key(NewApiKey("meters", frozenset({"cases.view"})), viewer=SYSTEM, now=now())
    return {
        "user_id": somebody.id,
        "membership_id": somebody.memberships[0].id,
        "prefix": list_api_keys(viewer=SYSTEM)[0].prefix,
        "unit": UNITS[1],
        "role": "analyst",
        "username": "new.person",
        "name": "New",
        "reason": "matrix",
        "text": "已修好",
        "matter_type": "complaint",
        "level": "hide_identity",
        "job_id": 1,
        "token": "x",
        "receipt": "R1",
        "provider_id": "oidc",
        "pk": 1,
        "limit_per_minute": 1,
    }


def sign_in(username: str, password: str) -> Client:
    browser = Client(raise_request_exception=False)
    browser.post("/desk/login", {"username": username, "password": password})
    browser.post("/desk/account/confirm", {"password": password})
    return browser


@dataclass(frozen=True)
class City:
    """Somebody of each role, examples for addresses, and the same for a matter elsewhere."""

    browsers: Mapping[str, Client]
    own: Values
    foreign: Values


@pytest.fixture
def peopled(city: Any, settings: Any) -> City:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    unit_ids = {unit.code: unit.id for unit in list_units(on=now().date())}
    districts = [district.code for district in list_districts(on=now().date())]
    own, foreign = (examples_of(make_case(unit_ids[unit], area)) for unit, area in zip(UNITS, districts, strict=False))
    cleared = (Secrecy.HIDE_IDENTITY,)
    people = [
        NewAccount(
            role.key.replace("_", "."),
            {"en": role.key},
            (role.key,),
            ScopeChoice(unit=UNITS[0], secrecy=cleared)
            if role.key.startswith("unit_")
            else ScopeChoice(area=districts[0], secrecy=cleared),
        )
        for role in list_roles(viewer=SYSTEM)
    ]
    made = create_demo_accounts(people, viewer=SYSTEM, now=now(), language="en")
    browsers = {account.roles[0]: sign_in(account.username, account.password) for account in made}
    common = examples_of_accounts()
    return City({NOBODY: Client(raise_request_exception=False), **browsers}, {**common, **own}, {**common, **foreign})


def every_route() -> Iterator[Route]:
    """Each method of each route, and each action on a case."""
    for path, view in routes(get_resolver().url_patterns):
        access = str(getattr(functions_behind(view)[0], "access", PUBLIC))
        for method in ("GET", "POST"):
            for move in ACTIONS if "<str:move>" in path else [""]:
                yield Route(method, path, access, move)


def call(browser: Client, route: Route, values: Values) -> Any:
    """The answer; whatever it changed is undone, also in the browser."""
    cookies = copy.deepcopy(browser.cookies)
    with transaction.atomic():
        address = route.fill(values)
        is_get = route.method == "GET"
        answer = browser.get(address, follow=route.is_scoped) if is_get else browser.post(address, values)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer


def may(answer: Any, route: Route) -> bool:
    """Whether an answer lets its caller in. What is not found is hidden, but for what everybody may ask for."""
    assert answer.status_code < 500, f"{route.name} answered {answer.status_code}"
    followed = [address for address, _status in getattr(answer, "redirect_chain", ())]
    is_sent_away = any("/desk/login?next=" in address for address in (*followed, answer.headers.get("Location", "")))
    return not is_sent_away and answer.status_code not in ({401, 403} | ({404} if route.access != PUBLIC else set()))


def cell(city: City, browser: Client, route: Route) -> str:
    """What the table says of one route and one role; empty where the method does not exist."""
    answer = call(browser, route, city.own)
    if answer.status_code == 405:
        return ""
    if not route.is_scoped:
        return EVERYWHERE if may(answer, route) else REFUSED
    both = may(answer, route), may(call(browser, route, city.foreign), route)
    return {(True, True): EVERYWHERE, (True, False): OWN, (False, False): REFUSED}.get(both, LEAK)


def table(city: City) -> str:
    """The page."""
    rows = {}
    for route in every_route():
        cells = [cell(city, browser, route) for browser in city.browsers.values()]
        if "" not in cells:
            rows[route.name] = f"| `{route.name}` | {route.access} | {' | '.join(cells)} |"
    head = f"| route | needs | {' | '.join(f'**{role}**' for role in city.browsers)} |"
    rule = "|---|---|" + ":-:|" * len(city.browsers)
    return "\n".join([HEAD, head, rule, *rows.values()]) + "\n"


def test_every_route_answers_each_role_as_the_page_says(peopled):
    page = table(peopled)
    assert LEAK not in page
    if os.environ.get("REWRITE") == "1":
        (ROOT / "docs" / "permissions.md").write_text(page, encoding="utf-8")
    changes = difflib.unified_diff(document("permissions.md").splitlines(), page.splitlines(), lineterm="", n=0)
    assert not list(changes), "docs/permissions.md is not what the city does; see the head of this file"

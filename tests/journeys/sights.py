"""Every page there is to see, with an example of each route: the pages that are looked at, measured and audited."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.believable import LONG, LONG_ADDRESS
from tests.journeys.browser import Visitors
from tests.journeys.errands import (
    RIDDLE,
    at_desk,
    begin_sign_in,
    confirm,
    dispatch,
    invite,
    keep_receipt,
    make_public,
    photo,
    redact,
    reply_to,
    report,
    send_form,
    with_second_factors,
    write_report,
)
from tests.journeys.live import LiveCity
from tests.journeys.ways import (
    FACTORS,
    PHONE_NUMBER,
    Places,
    account_of,
    asked_for_code,
    at,
    confirmed,
    find_by_phone,
    merge_with_nobody,
    open_case_of_fresh,
    passkey_of_operator,
    person_of_fresh,
    redacting,
    refused,
    refused_action,
    undecided,
    with_contact,
    with_map,
    without_cookies,
    wrong_code,
)

RESIDENT = "resident"
CODES = f"{FACTORS}recovery-codes/"


@dataclass(frozen=True)
class Sight:
    """One page: its name, the route it is an example of, who sees it, and how it is opened."""

    name: str
    route: str
    reader: str
    open: Callable[[Page, Places], None]


def prepare(city: LiveCity, visitors: Visitors, folder: Path) -> Places:
    """Makes a report with everything, one that is answered, a lost receipt found again, and signs everybody in."""
    resident = visitors.open()
    write_report(resident, LONG, address=LONG_ADDRESS, name="阿卜杜热合曼·买买提依明", phone=PHONE_NUMBER)
    resident.locator("#id_photos").set_input_files([photo(folder / "one.jpg"), photo(folder / "two.jpg")])
    send_form(resident)
    fresh = keep_receipt(resident)
    answered = report(resident, f"{RIDDLE}。{LONG}", phone=PHONE_NUMBER)
    dispatch(city, visitors, answered.receipt)
    reply_to(city, visitors, answered.receipt, LONG)
    find_by_phone(resident, city)
    desks = {
        name: at_desk(visitors, city, name)
        for name in ("dispatcher", "leader", "urban", "sysadmin", "auditor", "security")
    }
    make_public(desks["leader"], city.number_of(answered.receipt))
    redact(desks["leader"], city.number_of(fresh.receipt), (0.1, 0.1, 0.5, 0.4))
    make_public(desks["leader"], city.number_of(fresh.receipt))
    confirm(desks["security"], city, "security")
    desks["operator"] = with_second_factors(visitors, city)
    desks["halfway"] = visitors.open()
    begin_sign_in(desks["halfway"], city, "operator")
    expect(desks["halfway"].locator("#id_code")).to_be_visible()
    return Places(
        fresh=fresh,
        answered=answered,
        answered_case=city.number_of(answered.receipt),
        fresh_case=city.number_of(fresh.receipt),
        invitation=invite(desks["security"], "mai.mai"),
        passwords={name: city.password(name) for name in ("security", "operator")},
        cookies={name: page.context.cookies() for name, page in {RESIDENT: resident, **desks}.items()},
    )


def _sights(reader: str, rows: Sequence[tuple[str, str, Callable[[Page, Places], None]]]) -> tuple[Sight, ...]:
    return tuple(Sight(name, route, reader, opener) for name, route, opener in rows)


OF_RESIDENTS = _sights(
    RESIDENT,
    [
        ("home", "/", at("/")),
        ("report", "/report", at("/report")),
        ("report with map", "/report", with_map),
        ("report with mistakes", "/report", refused("/report", text="", email="x", phone="abc")),
        ("receipt", "/receipt/<str:token>", at("/receipt/{fresh}")),
        ("enter", "/track", at("/track")),
        ("enter with a mistake", "/track", refused("/track", receipt="R1", secret="no")),
        ("track", "/track/<str:token>", at("/track/{fresh}")),
        ("track answered", "/track/<str:token>", at("/track/{answered}")),
        ("track of nobody", "/track/<str:token>", at("/track/nobody")),
        ("public matters", "/cases", at("/cases")),
        ("public matter", "/cases/<str:number>", at("/cases/{case}")),
        ("public matter with a photo", "/cases/<str:number>", at("/cases/{fresh_case}")),
        ("public matter of nobody", "/cases/<str:number>", at("/cases/nobody")),
        ("find", "/find", at("/find")),
        ("find with a mistake", "/find", refused("/find", phone="none")),
        ("code", "/find/code", asked_for_code),
        ("code with a mistake", "/find/code", wrong_code),
        ("found", "/find/reports", at("/find/reports")),
        ("help", "/help", at("/help")),
        ("privacy", "/privacy", at("/privacy")),
        ("sign in", "/desk/login", at("/desk/login")),
        ("sign in with a mistake", "/desk/login", refused("/desk/login", username="nobody", password="wrong-password")),
        ("join", "/desk/join/<str:token>", at("{invitation}")),
        ("join with a mistake", "/desk/join/<str:token>", refused("{invitation}", password="short", again="shore")),
        ("join with an old link", "/desk/join/<str:token>", at("/desk/join/nobody")),
        ("no such page", "", at("/no-such-page")),
        ("forgotten cookies", "/report", without_cookies),
        ("style guide", "/styleguide", at("/styleguide")),
        ("confirmation", "/styleguide/confirm", at("/styleguide/confirm")),
        ("problem", "/styleguide/problem", at("/styleguide/problem")),
    ],
)
OF_STAFF = (
    *_sights(
        "dispatcher",
        [
            ("queue", "/desk/cases", at("/desk/cases")),
            ("queue with a mistake", "/desk/cases", at("/desk/cases?category=never&state=registered")),
            ("queue without cases", "/desk/cases", at("/desk/cases?q=nothing-is-called-so")),
            ("case", "/desk/cases/<str:number>", open_case_of_fresh),
            ("case answered", "/desk/cases/<str:number>", at("/desk/cases/{case}")),
            ("case with contact", "/desk/cases/<str:number>/contact", with_contact),
            ("case with a mistake", "/desk/cases/<str:number>/<str:move>", refused_action),
            ("trail of a case", "/desk/cases/<str:number>/trail", at("/desk/cases/{case}/trail")),
            ("case of nobody", "/desk/cases/<str:number>", at("/desk/cases/nobody")),
            ("inbox of nobody", "/desk/inbox", at("/desk/inbox")),
            ("desk's help", "/desk/help", at("/desk/help")),
            ("desk's style guide", "/styleguide/desk", at("/styleguide/desk")),
        ],
    ),
    *_sights(
        "leader",
        [
            ("draft", "/desk/cases/<str:number>/public", at("/desk/cases/{fresh_case}/public")),
            ("draft with a mistake", "/desk/cases/<str:number>/public", undecided),
            ("person", "/desk/people/<uuid:person_id>", person_of_fresh),
            ("person with a mistake", "/desk/people/<uuid:person_id>/merge", merge_with_nobody),
            ("photo to redact", "/desk/cases/<str:number>/public/photos/<uuid:file_id>", redacting),
        ],
    ),
    *_sights(
        "urban",
        [
            ("inbox", "/desk/inbox", at("/desk/inbox")),
            ("case of the unit", "/desk/cases/<str:number>", at("/desk/cases/{case}")),
        ],
    ),
    *_sights(
        "sysadmin",
        [
            ("operations", "/desk/operations", at("/desk/operations")),
            ("checks", "/desk/operations/checks", at("/desk/operations/checks")),
        ],
    ),
    *_sights(
        "security",
        [
            ("accounts", "/desk/accounts", at("/desk/accounts")),
            ("accounts of nobody", "/desk/accounts", at("/desk/accounts?q=nobody")),
            ("account", "/desk/accounts/<uuid:user_id>", account_of("chengxin")),
            ("own account", "/desk/accounts/<uuid:user_id>", account_of("security")),
            ("invite", "/desk/accounts/invite", confirmed("security", "/desk/accounts/invite")),
            (
                "invite with mistakes",
                "/desk/accounts/invite",
                refused("/desk/accounts/invite", "security", username="a b"),
            ),
            ("keys", "/desk/keys", confirmed("security", "/desk/keys")),
            ("keys with mistakes", "/desk/keys", refused("/desk/keys", "security", name="")),
            ("second factors", "/desk/account/second-factor/", at("/desk/account/second-factor/")),
            ("code app", f"{FACTORS}totp/activate/", confirmed("security", f"{FACTORS}totp/activate/")),
            ("new passkey", f"{FACTORS}webauthn/add/", confirmed("security", f"{FACTORS}webauthn/add/")),
            ("no passkeys", f"{FACTORS}webauthn/", at(f"{FACTORS}webauthn/")),
            ("password", "/desk/account/password", at("/desk/account/password")),
            ("sessions", "/desk/account/sessions", at("/desk/account/sessions")),
            ("who is there", "/desk/account/confirm", at("/desk/account/confirm")),
        ],
    ),
    *_sights(
        "operator",
        [
            ("both second factors", FACTORS, at(FACTORS)),
            ("without code app", f"{FACTORS}totp/deactivate/", confirmed("operator", f"{FACTORS}totp/deactivate/")),
            ("recovery codes", CODES, confirmed("operator", CODES)),
            (
                "new codes",
                f"{FACTORS}recovery-codes/generate/",
                confirmed("operator", f"{FACTORS}recovery-codes/generate/"),
            ),
            ("passkeys", f"{FACTORS}webauthn/", at(f"{FACTORS}webauthn/")),
            ("name of a passkey", f"{FACTORS}webauthn/keys/<int:pk>/edit/", passkey_of_operator("edit")),
            ("end of a passkey", f"{FACTORS}webauthn/keys/<int:pk>/remove/", passkey_of_operator("remove")),
            ("who is there, by code", f"{FACTORS}reauthenticate/", at(f"{FACTORS}reauthenticate/")),
            (
                "who is there, by passkey",
                f"{FACTORS}webauthn/reauthenticate/",
                at(f"{FACTORS}webauthn/reauthenticate/"),
            ),
        ],
    ),
    *_sights("halfway", [("second factor", f"{FACTORS}authenticate/", at(f"{FACTORS}authenticate/"))]),
    *_sights(
        "auditor",
        [
            ("not permitted", "/desk/cases", at("/desk/cases")),
            ("trail", "/desk/audit", at("/desk/audit")),
            ("trail with mistakes", "/desk/audit", at("/desk/audit?case=C0&actor=nobody")),
            ("trail of nothing", "/desk/audit", at("/desk/audit?until=2001-01-01")),
        ],
    ),
)
NOT_PAGES = {
    "/healthz": "for machines",
    "/readyz": "for machines",
    "/metrics": "for machines",
    "/preferences": "takes a form and leads back",
    "/track/<str:token>/photos/<uuid:file_id>": "a picture",
    "/areas/<str:level>.geojson": "outlines for the map",
    "/desk/": "leads to the first page of the day",
    "/desk/logout": "takes a form and leads to the sign-in",
    "/desk/cases/counters": "a part of the queue",
    "/desk/cases/found": "a part of the queue",
    "/desk/cases/news": "a part of the queue",
    "/desk/cases/<str:number>/photos/<uuid:file_id>": "a picture",
    "/desk/cases/<str:number>/photos/<uuid:file_id>/original": "takes a form and gives a file",
    "/desk/people/<uuid:person_id>/split": "takes a form and leads back",
    "/desk/people/<uuid:person_id>/undo/<uuid:change_id>": "takes a form and leads back",
    "/desk/cases/<str:number>/public/release": "takes a form and leads back",
    "/desk/cases/<str:number>/public/withdraw": "takes a form and leads back",
    "/desk/cases/<str:number>/public/photos/<uuid:file_id>/copy": "a picture",
    "/desk/cases/<str:number>/public/photos/<uuid:file_id>/withdraw": "takes a form and leads back",
    "/cases/<str:number>/photos/<uuid:photo_id>": "a picture",
    "/desk/areas/<str:level>.geojson": "outlines for the map",
    "/desk/inbox/news": "a part of the inbox",
    "/desk/audit.csv": "a file",
    "/desk/accounts/<uuid:user_id>/roles": "takes a form and leads back",
    "/desk/accounts/<uuid:user_id>/roles/<uuid:membership_id>/revoke": "takes a form and leads back",
    "/desk/accounts/<uuid:user_id>/invitation": "takes a form and shows the account",
    "/desk/accounts/<uuid:user_id>/end": "takes a form and leads back",
    "/desk/keys/<str:prefix>/rotate": "takes a form and shows the keys",
    "/desk/keys/<str:prefix>/revoke": "takes a form and leads back",
    "/desk/account/with/<str:provider_id>": "leads to another system",
    "/desk/account/with/<str:provider_id>/callback": "comes back from another system",
    "/desk/account/second-factor/webauthn/login/": "a challenge for the browser",
    "/desk/account/second-factor/recovery-codes/download/": "a text file",
    "/desk/operations/jobs/<int:job_id>/retry": "takes a form and leads back",
    "/desk/operations/messages/retry": "takes a form and leads back",
}
FOR_MACHINES = "/api/v1/"

"""What residents and staff do on screen, step by step, as several journeys need it."""

import base64
import hmac
import re
import struct
import time
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import USUAL, Visitors, Wishes
from tests.journeys.live import LiveCity

# No rule can know what is meant here, so a person decides.
RIDDLE = "想了很久还是写下来，上次说的那件事请你们再想想办法"
URBAN = "市城市管理和综合执法局"

# A device that checks its owner's finger and keeps the key itself (WebAuthn, 6.4.2 and 4: discoverable credential).
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
CODE_STEP_S = 30


@dataclass(frozen=True)
class Kept:
    """What a resident keeps: number and secret of the receipt, and the address of the link."""

    receipt: str
    secret: str
    track_path: str


def photo(path: Path) -> Path:
    """A picture to attach, as a camera would have made it."""
    picture = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    picture.save(path, "JPEG")
    return path


def photo_bytes() -> bytes:
    """The same without a file."""
    content = BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def write_report(page: Page, text: str, **fields: str) -> None:
    """Opens the form and fills it in; fields by their names (``address``, ``phone``, ``name``, ``email``)."""
    page.goto("/report")
    page.locator("#id_text").fill(text)
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)


def send_form(page: Page) -> None:
    """Presses the main button of the form in the middle of the page."""
    page.locator("main form .button-primary").first.click()


def keep_receipt(page: Page) -> Kept:
    """Reads the receipt that is on the page."""
    expect(page.locator("#receipt-number")).to_be_visible()
    link = page.locator("#track-link").get_attribute("href") or ""
    return Kept(
        receipt=page.locator("#receipt-number").inner_text().strip(),
        secret=page.locator("#receipt-secret").inner_text().strip(),
        track_path=urlsplit(link).path,
    )


def report(page: Page, text: str, **fields: str) -> Kept:
    """Writes, sends and keeps the receipt."""
    write_report(page, text, **fields)
    send_form(page)
    return keep_receipt(page)


def code_of(city: LiveCity) -> str:
    """The newest one-time code that came by SMS."""
    code = re.search(r"\d{6}", city.letter("sms", "验证码"))
    assert code
    return code[0]


def begin_sign_in(page: Page, city: LiveCity, username: str) -> None:
    """Enters name and password only."""
    page.goto("/desk/login")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(city.password(username))
    send_form(page)


def log_in(page: Page, city: LiveCity, username: str) -> None:
    """Signs a demo account in and stays where the desk leads it."""
    begin_sign_in(page, city, username)
    expect(page.locator(".rail")).to_be_visible()


def confirm(page: Page, city: LiveCity, username: str) -> None:
    """Confirms who is there, as dangerous actions ask; good for ten minutes."""
    page.goto("/desk/account/confirm")
    page.locator("#id_password").fill(city.password(username))
    send_form(page)
    page.wait_for_url(re.compile(r"/desk/(?!account/confirm)"))


def open_case(page: Page, number: str) -> str:
    """Types a case number or a receipt into the search of the desk; answers with the case's own number."""
    search = page.locator("[data-search]")
    search.fill(number)
    search.press("Enter")
    page.wait_for_url("**/desk/cases/*")
    return urlsplit(page.url).path.rsplit("/", 1)[-1]


def action(page: Page, move: str) -> Locator:
    """The form of one action on a case page, unfolded."""
    form = page.locator(f"form[action$='/{move}']")
    fold = page.locator("details.action", has=form)
    fold.wait_for()  # the page may still be on its way, and a click on an open fold would close it
    if not form.is_visible():
        fold.locator("summary").click()
    return form


def take(page: Page, move: str, **fields: str) -> None:
    """Fills in and sends one action on a case page; fields by their names."""
    form = action(page, move)
    for name, value in fields.items():
        control = form.locator(f"[name={name}]")
        if control.evaluate("control => control.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.locator("button.button").last.click()
    page.wait_for_load_state()


def at_desk(visitors: Visitors, city: LiveCity, username: str, wishes: Wishes = USUAL) -> Page:
    """A signed-in page of its own."""
    page = visitors.open(wishes)
    log_in(page, city, username)
    return page


def dispatch(city: LiveCity, visitors: Visitors, receipt: str, unit: str = URBAN) -> None:
    """A dispatcher gives the case to a unit, whoever has it now."""
    city.settle()
    page = at_desk(visitors, city, "dispatcher")
    open_case(page, receipt)
    take(page, "assign", unit=unit, reason="按职责分工")
    expect(page.locator(".messages .tone-success")).to_be_visible()


def reply_to(city: LiveCity, visitors: Visitors, receipt: str, reply: str) -> None:
    """The urban management bureau signs, begins and replies."""
    city.settle()
    page = at_desk(visitors, city, "urban")
    open_case(page, receipt)
    take(page, "sign")
    take(page, "start")
    take(page, "reply", text=reply)
    expect(page.locator("main")).to_contain_text(reply)


def redact(page: Page, number: str, *boxes: tuple[float, float, float, float]) -> None:
    """Draws boxes over the first photo of a case, left, top, right and bottom in parts of it, and makes the copy."""
    page.goto(f"/desk/cases/{number}/public")
    page.locator("#photos a.button").first.click()
    draw_boxes(page, *boxes)
    send_form(page)
    expect(page.locator(".messages .tone-success")).to_be_visible()


def draw_boxes(page: Page, *boxes: tuple[float, float, float, float]) -> None:
    """Drags the mouse over the photo that is to be covered, once for each box."""
    canvas = page.locator("[data-redact-canvas]")
    page.wait_for_load_state("networkidle")
    frame = canvas.bounding_box()
    assert frame
    for left, top, right, bottom in boxes:
        page.mouse.move(frame["x"] + frame["width"] * left, frame["y"] + frame["height"] * top)
        page.mouse.down()
        page.mouse.move(frame["x"] + frame["width"] * right, frame["y"] + frame["height"] * bottom, steps=4)
        page.mouse.up()


def make_public(page: Page, number: str) -> None:
    """Masks everything the scan found in a case and releases it."""
    page.goto(f"/desk/cases/{number}/public")
    page.locator("#findings .button-primary").click()
    page.wait_for_load_state()
    page.locator("#preview .button-primary").click()
    expect(page.locator("#preview a")).to_be_visible()


def with_device(page: Page) -> None:
    """Gives this browser an authenticator, as a laptop with a fingerprint reader has one."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def authenticator_code(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238: SHA-1, 30 seconds, 6 digits)."""
    moment = struct.pack(">Q", int(time.time()) // CODE_STEP_S)
    digest = hmac.digest(base64.b32decode(secret), moment, "sha1")
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def with_second_factors(visitors: Visitors, city: LiveCity) -> Page:
    """The operator's browser, with a code app and a passkey."""
    page = visitors.open()
    with_device(page)
    log_in(page, city, "operator")
    confirm(page, city, "operator")
    page.goto("/desk/account/second-factor/totp/activate/")
    page.locator("#id_code").fill(authenticator_code(page.locator("#authenticator_secret").input_value()))
    send_form(page)
    page.wait_for_url("**/recovery-codes/")
    page.goto("/desk/account/second-factor/webauthn/add/")
    page.locator("#id_name").fill("值班长的笔记本电脑")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda address: not address.endswith("/add/"))
    return page


def invite(page: Page, username: str) -> str:
    """Invites somebody; answers with the path of the link."""
    page.goto("/desk/accounts/invite")
    page.locator("#id_username").fill(username)
    page.locator("#id_name").fill("阿卜杜热合曼·买买提依明")
    page.locator("#id_role").select_option("dispatcher")
    page.locator("#id_area").select_option("390102")
    send_form(page)
    return urlsplit(page.locator("[data-invitation]").inner_text()).path

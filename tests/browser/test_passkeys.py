"""Signing in as a person does it: by a passkey of a (virtual) device, and by a code after the password."""

import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from bailiwick.kernel.identity.models import Passkey, SignInPolicy, Totp, User
from bailiwick.kernel.identity.rules.totp import STEP, code_at
from bailiwick.kernel.testing.browsers import Look, faults_of
from bailiwick.kernel.testing.factories import PASSWORD
from tests.browser.devices import Device, leave, offer_nothing

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/accounts/security/"


@pytest.fixture
def someone(organization: Any, member: Any) -> Any:
    return member(organization, "reviewer")


def is_inside(address: str) -> bool:
    return urlsplit(address).path == PAGE


def add_key(page: Any, name: str) -> None:
    page.goto(PAGE)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url(is_inside)
    page.get_by_text(name, exact=True).first.wait_for()


def enter_by_key(page: Any) -> None:
    page.goto(f"/accounts/login?next={PAGE}")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(is_inside)


def test_a_key_is_added_used_named_and_removed(sign_in: Any, someone: Any) -> None:
    page = sign_in(someone)
    offer_nothing(page)
    device = Device(page)
    add_key(page, "Laptop")
    leave(page)
    enter_by_key(page)
    assert "last used" in page.locator(".own li").inner_text()

    device.plug([])
    add_key(page, "Telephone")
    leave(page)
    enter_by_key(page)

    page.get_by_role("button", name="Rename Laptop").click()
    page.locator("dialog[open]").get_by_label("Name").fill("Old laptop")
    page.locator("dialog[open]").get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Remove Old laptop").click()
    page.locator("dialog[open]").get_by_role("button", name="Remove the passkey").click()
    page.locator(".toast-x", has_text="The passkey is removed.").wait_for()
    assert page.locator(".own li").count() == 1
    assert Passkey.objects.get(revoked_at=None).name == "Telephone"


def test_a_device_keeps_one_key_for_one_person(sign_in: Any, someone: Any) -> None:
    page = sign_in(someone)
    Device(page)
    add_key(page, "Laptop")
    page.goto(f"{PAGE}passkeys/new/")
    page.get_by_label("Name").fill("Laptop again")
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("This device has a key for you already.").first.wait_for()
    assert Passkey.objects.count() == 1


def test_a_removed_key_is_refused_at_the_door(sign_in: Any, someone: Any) -> None:
    page = sign_in(someone)
    offer_nothing(page)
    Device(page)
    add_key(page, "Laptop")
    Passkey.objects.update(revoked_at="2026-01-01T00:00:00Z")
    leave(page)
    page.goto("/accounts/login")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("This passkey opens nothing here.").first.wait_for()


def test_a_device_without_a_key_says_so(page: Any) -> None:
    offer_nothing(page)
    page.goto("/accounts/login")
    Device(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("No key was used").first.wait_for()


def test_the_browser_offers_a_key_among_the_logins(sign_in: Any, someone: Any) -> None:
    page = sign_in(someone)
    device = Device(page)
    add_key(page, "Laptop")
    page.context.clear_cookies()
    page.goto(f"/accounts/login?next={PAGE}")
    page.wait_for_url(is_inside)
    assert device.uses() == 2


def test_an_application_is_set_up_and_asked_for(sign_in: Any, someone: Any) -> None:
    user = User.objects.get(id=someone.user_id)
    page = sign_in(someone)
    page.goto(PAGE)
    page.get_by_role("button", name="Set it up").click()
    page.locator("svg.qr").wait_for()
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code", exact=True).fill(code_at(secret, int(time.time() // STEP)))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Make recovery codes").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    codes = page.locator(".paper-codes li").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_text("10 left").first.wait_for()

    for code in (code_at(secret, Totp.objects.get().last_step + 1), codes[0]):
        leave(page)
        page.goto(f"/accounts/login?next={PAGE}")
        page.get_by_label("Login").fill(user.username)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_label("Code", exact=True).fill(code)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(is_inside)


def test_the_pages_are_accessible(
    sign_in: Any, someone: Any, organization: Any, scope: Any, look: Look, shots: Path | None
) -> None:
    page = sign_in(someone)
    offer_nothing(page)
    Device(page)
    found: dict[str, list[str]] = {}

    def look_at(name: str, heading: str) -> None:
        page.get_by_role("heading", name=heading, exact=True).wait_for()
        if faults := faults_of(page):
            found[name] = faults
        if shots:
            page.screenshot(path=shots / f"{name}-{look.size}-{look.theme}.png", full_page=True)

    page.goto(PAGE)
    look_at("nothing yet", "How you sign in")
    page.goto(f"{PAGE}passkeys/new/")
    look_at("new key", "Add a passkey")
    add_key(page, "Laptop")
    page.get_by_role("button", name="Set it up").click()
    look_at("application", "Set up the application")
    page.get_by_label("Code", exact=True).fill(code_at(page.locator(".secret").inner_text(), int(time.time() // STEP)))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Make recovery codes").click()
    look_at("codes", "Recovery codes")
    page.goto(PAGE)
    look_at("everything", "How you sign in")
    page.get_by_role("button", name="Remove Laptop").click()
    look_at("removing", "Remove “Laptop”?")
    page.keyboard.press("Escape")
    page.context.clear_cookies(name="sessionid")
    page.goto("/accounts/login")
    look_at("door", "Sign in")
    page.get_by_label("Login").fill(User.objects.get(id=someone.user_id).username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    look_at("second step", "Now the code")
    with scope(organization):
        SignInPolicy.objects.create(methods=["passkey", "provider", "two_factor"])
        Totp.objects.update(confirmed_at=None)
    page.reload()
    look_at("asked for more", "A password is not enough")
    assert not found


@pytest.fixture
def shots() -> Path | None:
    """Where pictures are put for a person to look at; none are taken in the suite."""
    return Path(os.environ["SHOTS"]) if os.environ.get("SHOTS") else None

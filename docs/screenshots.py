"""Takes the pictures under docs/images from a running installation with demo data: `make screenshots [ONLY=name,…]`.

Every page in four looks: light, dark, on a phone, and as it goes to paper.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
LIST = "/rejection-reasons/"
ROWS = "id,title,text,reason,score\np-1,Day course,Two days in Hamburg.,Promise of returns,0.9\np-2,Lamp,A lamp.,,\n"


@dataclass(frozen=True)
class Look:
    """How a page is looked at; what is printed is as wide as the text on A4."""

    width: int
    height: int
    scheme: Any = "light"
    media: Any = "screen"


LOOKS = {
    "light": Look(1440, 900),
    "dark": Look(1440, 900, "dark"),
    "390": Look(390, 844),
    "print": Look(673, 978, media="print"),
}


def nothing(page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Shot:
    """A picture of one address, after what is done there; without an address, of where the one before has led."""

    name: str
    address: str = ""
    prepare: Callable[[Page], None] = nothing


def hold(page: Page) -> None:
    """Take the next item unless one is held."""
    button = page.locator(".empty form[action$='next/'] button")
    if button.count():
        button.first.click()
    page.locator(".bench").wait_for()


def tick(page: Page) -> None:
    page.locator(".row-tick").first.check()
    page.locator(".bulk").wait_for()


def click(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def press(keys: str) -> Callable[[Page], None]:
    def pressed(page: Page) -> None:
        page.keyboard.press(keys)
        page.locator("dialog[open]").wait_for()

    return pressed


def bring_file(page: Page) -> None:
    """The first step of an import, with two rows."""
    page.set_input_files("[name=file]", {"name": "listings.csv", "mimeType": "text/csv", "buffer": ROWS.encode()})
    go_on(page)


def go_on(page: Page) -> None:
    page.locator("main form[method=post] .btn-primary").last.click()
    page.wait_for_load_state()


def proxy_page(page: Page) -> None:
    """What `bailiwick prepare` wrote for the reverse proxy, in place of an answer."""
    page.route("**/start/", lambda route: route.fulfill(path=data_folder() / "pages" / "offline.html"))
    page.goto("/start/")


OF_VISITOR = [
    Shot("login", "/accounts/login"),
    Shot("forgotten", "/accounts/password/forgotten/"),
    Shot("new-password", "/accounts/password/new/"),
    Shot("offline", "/accounts/login", proxy_page),
]
OF_REVIEWER = [
    Shot("review", "/review", hold),
    Shot("desk", "/"),
    Shot("keys", "/", press("?")),
    Shot("palette", "/", press("Control+k")),
    Shot("list", LIST),
    Shot("nothing-found", f"{LIST}?q=nothing-is-called-that"),
    Shot("me", "/accounts/me/"),
    Shot("password", "/accounts/password"),
    Shot("error-403", "/predictions/settings/"),
    Shot("error-404", "/nothing-here"),
]
OF_OWNER = [
    Shot("list-selection", LIST, tick),
    Shot("list-columns", LIST, click("summary:has(svg) >> text=Columns")),
    Shot("record", f"{LIST}?state=overridden", click("tbody th a")),
    Shot("disputes", "/review/disputes/", hold),
    Shot("import", "/predictions/import/"),
    Shot("import-columns", prepare=bring_file),
    Shot("import-check", prepare=go_on),
    Shot("import-result", prepare=go_on),
    Shot("imports", "/predictions/imports/"),
    Shot("reasons", "/predictions/reasons/"),
    Shot("reason", prepare=click("tbody th a")),
    Shot("reason-new", "/predictions/reasons/new/"),
    Shot("gold", "/predictions/gold/"),
    Shot("settings", "/predictions/settings/"),
    Shot("jobs", "/jobs/"),
    Shot("job", prepare=click("tbody th a")),
    Shot("files", "/files/"),
    Shot("dashboard", "/dashboard"),
    Shot("comparison", "/dashboard/comparison/"),
]
OF_ADMINISTRATOR: list[Shot] = []


def main() -> None:
    demo = json.loads((data_folder() / "demo-credentials.json").read_text())
    # The second organisation has the demo listings, the first an administrator.
    *_others, reviewer = people = demo["users"]
    owner = next(
        each for each in people if each["organization"] == reviewer["organization"] and "owner" in each["role"]
    )
    administrator = next(each for each in people if each["role"] == "administrator")
    albums = ((None, OF_VISITOR), (reviewer, OF_REVIEWER), (owner, OF_OWNER), (administrator, OF_ADMINISTRATOR))
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        program = os.environ.get("BAILIWICK_BROWSER") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        for look in LOOKS:
            for person, shots in albums:
                for name in take(browser, look, demo["url"], person, shots):
                    print(f"docs/images/{name}.png", flush=True)
        browser.close()


def data_folder() -> Path:
    return Path(os.environ.get("BAILIWICK_DATA") or ROOT / "var")


def take(browser: Browser, look: str, url: str, person: dict[str, str] | None, shots: list[Shot]) -> Iterator[str]:
    """One picture of each page in one look."""
    seen = LOOKS[look]
    context = browser.new_context(
        base_url=url,
        viewport={"width": seen.width, "height": seen.height},
        color_scheme=seen.scheme,
        locale="en-GB",
        has_touch=seen.width < 640,
    )
    page = context.new_page()
    if person:
        sign_in(page, person)
    for shot in shots:
        page.emulate_media(media="screen")
        if shot.address:
            page.goto(shot.address)
        shot.prepare(page)
        page.emulate_media(media=seen.media)
        if is_wanted(shot.name):
            yield shoot(page, shot.name, look)
    context.close()


def is_wanted(name: str) -> bool:
    only = os.environ.get("ONLY", "")
    return not only or name in only.split(",")


def sign_in(page: Page, person: dict[str, str]) -> None:
    page.goto("/accounts/login")
    page.fill("[name=login]", person["login"])
    page.fill("[name=password]", person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)


def shoot(page: Page, name: str, look: str) -> str:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / f"{name}-{look}.png")
    return f"{name}-{look}"


if __name__ == "__main__":
    main()

"""Takes the pictures under docs/images from a running installation with demo data: `make screenshots`."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
LOOKS = {"light": ("light", 1440, 900), "dark": ("dark", 1440, 900), "390": ("light", 390, 844)}
LIST = "/rejection-reasons/"


def main() -> None:
    data = Path(os.environ.get("BAILIWICK_DATA") or ROOT / "var")
    demo = json.loads((data / "demo-credentials.json").read_text())
    # The second organisation has the demo listings.
    *_others, reviewer = people = demo["users"]
    owner = next(
        user for user in people if user["organization"] == reviewer["organization"] and "owner" in user["role"]
    )
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        program = os.environ.get("BAILIWICK_BROWSER") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        for look in LOOKS:
            for person, shots in ((reviewer, OF_REVIEWER), (owner, OF_OWNER)):
                for name in take(browser, look, demo["url"], person, shots):
                    print(f"docs/images/{name}.png")
        browser.close()


def take(browser: Browser, look: str, url: str, person: dict[str, str], shots: dict[str, Any]) -> Iterator[str]:
    """One picture of each page in one look."""
    scheme, width, height = LOOKS[look]
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-GB",
        has_touch=width < 640,
    )
    page = context.new_page()
    page.goto("/accounts/login")
    if shots is OF_REVIEWER:
        yield shoot(page, "login", look)
    page.fill("[name=login]", person["login"])
    page.fill("[name=password]", person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "login" not in address)
    for name, (address, prepare) in shots.items():
        page.goto(address)
        prepare(page)
        yield shoot(page, name, look)
    context.close()


def nothing(page: Page) -> None:
    """The page as it comes."""


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


OF_REVIEWER: dict[str, Any] = {
    "review": ("/review", hold),
    "desk": ("/", nothing),
    "list": (LIST, nothing),
}
OF_OWNER: dict[str, Any] = {
    "list-selection": (LIST, tick),
    "list-columns": (LIST, click("summary:has(svg) >> text=Columns")),
    "record": (f"{LIST}?state=overridden", click("tbody th a")),
    "disputes": ("/review/disputes/", hold),
    "import": ("/predictions/import/", nothing),
    "reasons": ("/predictions/reasons/", nothing),
    "gold": ("/predictions/gold/", nothing),
    "settings": ("/predictions/settings/", nothing),
    "jobs": ("/jobs/", nothing),
    "files": ("/files/", nothing),
    "dashboard": ("/dashboard", nothing),
}


def shoot(page: Page, name: str, look: str) -> str:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / f"{name}-{look}.png")
    return f"{name}-{look}"


if __name__ == "__main__":
    main()

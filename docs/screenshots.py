"""Takes the pictures under docs/images from a running installation with demo data: `make screenshots`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
LOOKS = {"light": ("light", 1440, 900), "dark": ("dark", 1440, 900), "390": ("light", 390, 844)}


def main() -> None:
    data = Path(os.environ.get("BAILIWICK_DATA") or ROOT / "var")
    demo = json.loads((data / "demo-credentials.json").read_text())
    # The second organisation has the demo listings.
    person = demo["users"][-1]
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        program = os.environ.get("BAILIWICK_BROWSER") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=program, args=flags)
        for look in LOOKS:
            for name in take(browser, look, demo["url"], person):
                print(f"docs/images/{name}.png")
        browser.close()


def take(browser: Browser, look: str, url: str, person: dict[str, str]) -> Iterator[str]:
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
    yield shoot(page, "login", look)
    page.fill("[name=login]", person["login"])
    page.fill("[name=password]", person["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    hold(page)
    yield shoot(page, "review", look)
    for name, address in (("desk", "/"), ("list", "/rejection-reasons/")):
        page.goto(address)
        yield shoot(page, name, look)
    context.close()


def hold(page: Any) -> None:
    """Take the next prediction unless one is held."""
    button = page.locator(".empty form[action='/review/next/'] button")
    if button.count():
        button.click()
    page.locator(".reason.is-now").wait_for()


def shoot(page: Any, name: str, look: str) -> str:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / f"{name}-{look}.png")
    return f"{name}-{look}"


if __name__ == "__main__":
    main()

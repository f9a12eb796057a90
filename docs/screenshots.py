"""Takes the pictures under docs/images from a running installation with demo data: `make screenshots [ONLY=name,…]`.

Every page in four looks: light, dark, on a phone, and as it goes to paper.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from shots import OF_ADMINISTRATOR, OF_INSURED, OF_OWNER, OF_REVIEWER, OF_VISITOR, ROOT, Shot, data_folder

IMAGES = ROOT / "docs" / "images"
MARGIN = "16mm"


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    width: int
    height: int
    scheme: Any = "light"
    media: Any = "screen"


LOOKS = {
    "light": Look(1440, 900),
    "dark": Look(1440, 900, "dark"),
    "390": Look(390, 844),
    "print": Look(794, 1123, media="print"),
}


def main() -> None:
    demo = json.loads((data_folder() / "demo-credentials.json").read_text())
    # The second organisation has the demo listings, the first an administrator, the third claims.
    people = demo["users"]
    reviewer = next(each for each in reversed(people) if each["role"] == "reviewer")
    owner = next(
        each for each in people if each["organization"] == reviewer["organization"] and "owner" in each["role"]
    )
    administrator = next(each for each in people if each["role"] == "administrator")
    albums = [(None, OF_VISITOR), (reviewer, OF_REVIEWER), (owner, OF_OWNER), (administrator, OF_ADMINISTRATOR)]
    by_role = {each["role"]: each for each in people}
    albums += [(by_role[role], album) for role, album in OF_INSURED.items() if role in by_role]
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
        if seen.media == "print":
            # A picture has no edge of its own, as paper does.
            page.evaluate("margin => { document.documentElement.style.padding = margin }", MARGIN)
        if is_wanted(shot.name) and (shot.is_for_paper or seen.media == "screen"):
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

"""Finds the browser for the tests, or installs one; prints its path. BROWSER=0 goes without."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ADVICE = (
    "No browser for the tests: install Chromium or Chrome, set BAILIWICK_BROWSER to one, or go without by BROWSER=0."
)


def find() -> str | None:
    """An installed Chromium or Chrome."""
    if MAC.exists():
        return str(MAC)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install_from_debian() -> str | None:
    """Debian's Chromium, which only root can install."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    _say("installing Debian's Chromium")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        if subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode:
            return None
    return find()


def install_from_playwright() -> str | None:
    """Playwright's own Chromium, in the home folder."""
    _say("installing Playwright's Chromium")
    if subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], stdout=sys.stderr, check=False
    ).returncode:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _say(text: str) -> None:
    print(f"  Browser: {text} ...", file=sys.stderr, flush=True)


def main() -> None:
    if os.environ.get("BROWSER") == "0":
        return
    chosen = os.environ.get("BAILIWICK_BROWSER") or find() or install_from_debian() or install_from_playwright()
    if not chosen:
        sys.exit(ADVICE)
    print(chosen)


if __name__ == "__main__":
    main()

"""`bailiwick startapp NAME`: the minimum rooms of a new app."""

import re
from pathlib import Path

from bailiwick.runtime.errors import StartError

PACKAGE = Path(__file__).resolve().parents[1]
MARK = "    # apps\n"

ROOMS = {
    "__init__.py": "",
    "README.md": """\
# {title}

What this app is for, in one sentence.

## Glossary

| word | meaning |
| --- | --- |

## States and moves

None yet.

## Actions

| action | right | event |
| --- | --- | --- |
""",
    "apps.py": """\
from django.apps import AppConfig


class {title}Config(AppConfig):
    name = "bailiwick.apps.{name}"
    label = "{name}"
""",
    "manifest.py": """\
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.manifest import Manifest, Right, Role

MANIFEST = Manifest(
    app="{name}",
    rights=(Right("{name}.manage", _("Manage {name}")),),
    roles=(Role("{name}-manager", _("{title} manager"), ("{name}.manage",)),),
)
""",
    "tests/__init__.py": "",
    "tests/test_manifest.py": """\
from bailiwick.kernel.base.manifest import registry


def test_the_role_holds_the_right() -> None:
    assert registry().roles["{name}-manager"].rights == ("{name}.manage",)
""",
}


def create_app(name: str, package: Path = PACKAGE) -> Path:
    """Make the app `name` and enter it in the settings; returns its folder, StartError for a name that cannot be."""
    if not re.fullmatch(r"[a-z][a-z0-9]{1,30}", name):
        raise StartError(f"{name!r} cannot be an app's name: use small letters and digits, such as `claims`.")
    folder, settings = package / "apps" / name, package / "config" / "settings" / "base.py"
    if folder.exists() or (package / "kernel" / name).exists():
        raise StartError(f"An app or kernel package named {name} exists already.")
    listed = settings.read_text()
    if MARK not in listed:
        raise StartError(
            f"{settings} has lost the line `{MARK.strip()}` in INSTALLED_APPS, above which apps are entered."
        )
    for room, text in ROOMS.items():
        path = folder / room
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name, title=name.capitalize()))
    settings.write_text(listed.replace(MARK, f'    "bailiwick.apps.{name}",\n{MARK}', 1))
    print(
        f"Made {folder} and entered it in {settings.name}. "
        "Next: its first model, then `bailiwick manage makemigrations`."
    )
    return folder

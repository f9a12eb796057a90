"""The command `bailiwick`, the build steps and the scaffold."""

import gettext
import io
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bailiwick.config.cli import _command_of_app
from bailiwick.config.scaffold import PACKAGE, create_app
from bailiwick.runtime.catalogues import compile_catalogue, read_catalogue
from bailiwick.runtime.errors import StartError
from tests.runtime.waiting import LONG


def bailiwick(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    }
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "bailiwick.config.cli", *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = bailiwick("up", BAILIWICK_DATA=str(tmp_path), BAILIWICK_PORT=port)
    assert result.returncode == 1
    assert f"Port {port}" in result.stderr
    assert "BAILIWICK_PORT" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_data_folder_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = bailiwick("up", BAILIWICK_DATA=str(tmp_path / "file" / "var"))
    assert result.returncode == 1
    assert "BAILIWICK_DATA" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("part", ["web", "worker", "scheduler", "dispatcher", "migrate"])
def test_a_part_alone_names_the_server_it_misses(tmp_path: Path, part: str) -> None:
    result = bailiwick(part, BAILIWICK_DATA=str(tmp_path))
    assert result.returncode == 1
    assert "DATABASE_URL" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("missing", ["BAILIWICK_SECRET_KEY", "BAILIWICK_ENCRYPTION_KEYS"])
def test_production_is_not_started_with_a_generated_key(tmp_path: Path, missing: str) -> None:
    settings = "bailiwick.config.settings.production"
    result = bailiwick(
        "up",
        BAILIWICK_DATA=str(tmp_path),
        DJANGO_SETTINGS_MODULE=settings,
        **dict.fromkeys(("BAILIWICK_SECRET_KEY", "BAILIWICK_ENCRYPTION_KEYS"), "x" * 50) | {missing: ""},
    )
    assert result.returncode == 1
    assert f"{missing} is not set" in result.stderr
    assert not (tmp_path / "secrets").exists()


def test_catalogues_are_read_by_gettext() -> None:
    source = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: somewhere
msgid "Review"
msgstr "Prüfen"

msgctxt "button"
msgid "Review"
msgstr "Jetzt "
"prüfen"

msgid "%(count)s item"
msgid_plural "%(count)s items"
msgstr[0] "%(count)s Stück"
msgstr[1] "%(count)s Stücke"

#, fuzzy
msgid "Unsure"
msgstr "Unsicher"
"""
    found = gettext.GNUTranslations(io.BytesIO(compile_catalogue(read_catalogue(source))))
    assert found.gettext("Review") == "Prüfen"
    assert found.pgettext("button", "Review") == "Jetzt prüfen"
    assert found.ngettext("%(count)s item", "%(count)s items", 2) == "%(count)s Stücke"
    assert found.gettext("Unsure") == "Unsure"


def test_a_new_app_is_made_and_entered(tmp_path: Path) -> None:
    settings = tmp_path / "config" / "settings"
    settings.mkdir(parents=True)
    shutil.copy(PACKAGE / "config" / "settings" / "base.py", settings)
    folder = create_app("claims", tmp_path)
    assert '    "bailiwick.apps.claims",\n    # apps\n' in (settings / "base.py").read_text()
    assert {"README.md", "apps.py", "manifest.py", "tests"} <= {path.name for path in folder.iterdir()}
    with pytest.raises(StartError, match="exists already"):
        create_app("claims", tmp_path)
    with pytest.raises(StartError, match="cannot be"):
        create_app("Bad-Name", tmp_path)


@pytest.mark.parametrize("name", ["audit verify", "audit bundle"])
def test_the_program_knows_the_commands_of_the_trail(name: str) -> None:
    assert _command_of_app(name.split()) == name.replace(" ", "_")

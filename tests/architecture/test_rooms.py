"""What may stand in which file. The order of imports is kept by import-linter, in pyproject.toml."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT, calls, imported, name_of, python_files, rooms, tree

WRITES = re.compile(r"\.(save|delete|create|bulk_create|update|bulk_update|get_or_create|update_or_create)$")
WRITERS = {
    "src/bailiwick/apps/claims/demo/filling.py": "fills a demo organisation, before anybody works in it",
    "src/bailiwick/apps/predictions/demo/filling.py": "fills a demo organisation, before anybody works in it",
    "src/bailiwick/kernel/api/idempotency.py": "keeps copies of answers, which is no business of an action",
}
LONGEST = 300
ALONE = {"src/bailiwick/kernel/audit/verifier.py": "is handed to others, who need nothing besides it"}
VAGUE = {"utils", "helpers", "common", "misc", "signals", "managers", "services"}
SUFFIXES = {".py", ".html", ".css", ".js", ".mjs"}


def sources() -> list[Path]:
    folders = [PACKAGE, ROOT / "tests", ROOT / "bench", ROOT / "frontend"]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in SUFFIXES]
    return [path for path in files if not {"node_modules", "migrations", "build"} & set(path.parts)]


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST}.keys() <= ALONE.keys()


def test_no_file_has_a_vague_name() -> None:
    assert [name_of(path) for path in sources() if {path.stem, path.parent.name} & VAGUE] == []


@pytest.mark.parametrize("door", ["web", "api"])
def test_doors_call_queries_and_actions_and_touch_no_manager(door: str) -> None:
    files = [path for path in rooms(door) if not path.is_relative_to(PACKAGE / "kernel" / "api")]
    rooms_of_web = {path for kind in ("models", "queries", "actions") for path in rooms(kind)}
    files += [path for path in python_files() if path.is_relative_to(PACKAGE / "kernel" / door) and door == "web"]
    files = [path for path in files if path not in rooms_of_web]
    assert files
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager", "_base_manager")
    ]
    assert found == []


def test_pages_and_api_are_two_doors_that_do_not_know_each_other() -> None:
    crossing = [
        f"{name_of(path)} imports {name}"
        for one, other in (("web", "api"), ("api", "web"))
        for path in rooms(one)
        for name in imported(path)
        if re.match(rf"bailiwick\.(apps|kernel)\.\w+\.{other}\b", name)
    ]
    assert crossing == []


def test_rows_are_written_in_actions_only() -> None:
    found = {
        name_of(path)
        for path in python_files()
        if path not in rooms("actions")
        for _line, call in calls(path)
        if WRITES.search(call) and (".objects" in call or call.endswith((".save", ".bulk_create")))
    }
    assert found == set(WRITERS)


def test_models_do_not_override_what_writes() -> None:
    overriding = [
        f"{name_of(path)}: {node.name}"
        for path in rooms("models")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete", "full_clean")
    ]
    assert overriding == []


def test_models_are_imported_by_name() -> None:
    found = [
        name_of(path)
        for path in python_files(tests=True)
        for _line, call in calls(path)
        if call.split(".")[-1] in ("get_model", "get_registered_model")
    ]
    assert found == [
        "src/bailiwick/kernel/access/queries/deeds.py",  # what something was done over is known by type alone
        "src/bailiwick/kernel/members/queries/personal.py",  # manifests say what is personal in their tables
        "src/bailiwick/kernel/worklist/queries.py",  # subjects are known by type alone
    ]


def test_tests_of_an_app_know_no_neighbour() -> None:
    found = [
        f"{name_of(path)} imports {name}"
        for path in python_files(tests=True)
        if (parts := path.relative_to(PACKAGE).parts)[0] == "apps"
        for name in imported(path)
        if name.startswith("bailiwick.apps.") and name.split(".")[2] != parts[1]
    ]
    assert found == []


def test_rules_touch_neither_database_nor_clock_nor_network() -> None:
    banned = ("django.db", "django.utils.timezone", "time.", "socket", "urllib", "requests")
    allowed = ("django.db.models.TextChoices",)
    found = [
        f"{name_of(path)} imports {name}"
        for path in rooms("rules")
        for name in imported(path)
        if name.startswith(banned) and name not in allowed
    ]
    asking = ("now", "utcnow", "today", "fromtimestamp")
    found += [
        f"{name_of(path)}:{line}"
        for path in rooms("rules")
        for line, call in calls(path)
        if call.split(".")[-1] in asking
    ]
    assert found == []


def test_every_package_with_rooms_stands_under_the_contracts() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [kernel] = [contract for contract in contracts if contract["name"] == "Rooms of the kernel"]
    packages = {f"bailiwick.kernel.{path.parent.name}" for path in (PACKAGE / "kernel").glob("*/models.py")}
    assert packages - set(kernel["containers"]) == {
        "bailiwick.kernel.base",
        "bailiwick.kernel.api",
        "bailiwick.kernel.web",
    }
    assert "bailiwick.apps.*" in {container for contract in contracts for container in contract.get("containers", ())}


def test_every_app_and_kernel_package_with_tables_explains_itself() -> None:
    packages = [path.parent for shelf in ("apps", "kernel") for path in (PACKAGE / shelf).glob("*/apps.py")]
    assert [name_of(package) for package in packages if not (package / "README.md").exists()] == []

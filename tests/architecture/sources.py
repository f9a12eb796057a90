"""The sources, parsed once for all tests of the architecture."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "bailiwick"


def python_files(*, tests: bool = False) -> list[Path]:
    """Our own files, without migrations; those of tests only where asked for."""
    files = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
    return [path for path in files if tests or not is_test(path)]


def is_test(path: Path) -> bool:
    return "tests" in path.parts or "testing" in path.parts


def rooms(kind: str) -> list[Path]:
    """A room of every app and kernel package, be it a file or a folder."""
    return [
        path
        for path in python_files()
        if (parts := path.relative_to(PACKAGE).parts)[0] in ("apps", "kernel")
        and len(parts) > 2
        and parts[2].removesuffix(".py") == kind
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Full names of everything that a file imports."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{each.name}" for each in names)


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted text of every call."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def defined(path: Path) -> Iterator[str]:
    """Public functions and classes of a file."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name

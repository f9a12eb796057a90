"""The verifier as a file: what it asks for, and what it reads."""

import ast
import sys
from pathlib import Path

import pytest

from bailiwick.config.cli import _command_of_app
from bailiwick.kernel.audit import verifier
from bailiwick.kernel.audit.verifier import Unreadable, read_anchors


def test_a_line_that_is_no_anchor_is_named(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text('\n{"organization": 1}\n')
    with pytest.raises(Unreadable, match="line 2 is no anchor"):
        read_anchors([str(tmp_path / "kept")])


def test_the_verifier_asks_for_nothing_but_an_old_python() -> None:
    """Of the standard library alone, in the grammar of 3.9."""
    tree = ast.parse(Path(verifier.__file__).read_text(), feature_version=(3, 9))
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("name", ["audit verify", "audit bundle"])
def test_the_program_knows_both_commands(name: str) -> None:
    assert _command_of_app(name.split()) == name.replace(" ", "_")

"""The verifier as a file: what it asks for, and what it reads."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from django.db import connection

from bailiwick.kernel.audit import verifier
from bailiwick.kernel.audit.verifier import Anchor, Block, Chain, Unreadable, pack, read_anchors


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


def test_the_worked_example_is_what_the_database_and_the_verifier_make_of_it(db: None) -> None:
    text = (Path(__file__).parents[5] / "docs" / "sealing.md").read_text()
    row, form, digest, entry, content, block_hash, line = re.findall(
        r"^```(?:json|text)\n(.*?)\n```$", text, re.S | re.M
    )
    salt = bytes.fromhex(json.loads(row)["salt"])
    names = sorted(json.loads(row).keys() - {"salt"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_canonical(%s::jsonb, %s), encode(audit_digest(%s, %s::jsonb, %s), 'hex')",
            [row, names, salt, row, names],
        )
        assert cursor.fetchone() == (form, digest)
    entries = pack(0, salt, form)
    block = Block(content, block_hash, entries)
    assert (entries.hex(), block.is_whole, block.tables) == (entry, True, ["example"])
    assert json.loads(line)["hash"] == block_hash
    chain = Chain("acme", [Anchor(block.organization, 1, block_hash, "")])
    assert list(chain.take(block, entries)) == list(chain.end()) == []
    assert chain.anchored == 1

"""Seals and restores: a restored chain goes on, and one that was restored over a later one is noticed."""

from pathlib import Path
from typing import Any

from tests.runtime.installations import Fresh, Installation, ask

SUBMIT = """
reasons = [{"reason_id": 1, "confidence": "High", "explanation": "It says so."}]
answer = call(given["key"], "/predictions", {"product_id": given["product"], "rejection_reasons": reasons})
from bailiwick.kernel.tenancy.queries import find_organization
from bailiwick.kernel.testing.sealing import seal_everything
seal_everything(find_organization("aldermoor").id)
print(json.dumps(answer.status_code))
"""
BLOCKS = """
SELECT b.epoch, max(b.number) FROM audit_block b JOIN tenancy_organization o ON o.id = b.organization_id
 WHERE o.slug = 'aldermoor' GROUP BY 1 ORDER BY 1
"""


def submit(installation: Installation, product: str, key: str) -> None:
    """A row of the organisation that the key is of, sealed."""
    assert installation.ask(SUBMIT, key=key, product=product) == 201


def backed_up(running: Installation, path: Path) -> Path:
    result = running.run("backup", str(path))
    assert result.returncode == 0, result.stderr
    return path


def restored(fresh: Fresh, path: Path, **environment: str) -> Installation:
    other = fresh()
    other.environment |= environment
    result = other.run("restore", str(path))
    assert result.returncode == 0, result.stderr
    return other


def verified(installation: Installation) -> tuple[int, str]:
    result = installation.run("audit", "verify")
    assert result.returncode in (0, 1), result.stderr
    return result.returncode, result.stdout


def test_what_is_written_after_a_restore_is_sealed_and_the_chain_verifies(
    running: Installation, fresh: Fresh, folder: Path
) -> None:
    key = running.credentials()["api_key"]
    submit(running, "before", key)
    other = restored(fresh, backed_up(running, folder / "sealed.tar.gz"))
    target = other.environment["DATABASE_OWNER_URL"]
    [(epoch, number)] = ask(target, BLOCKS)
    code, said = verified(other)
    assert (code, " 0 findings" in said) == (0, True), said
    submit(other, "after", key)
    before, after = ask(target, BLOCKS)
    assert before == (epoch, number)
    assert after[0] == epoch + 1
    assert after[1] > number
    code, said = verified(other)
    assert code == 0, said
    assert f"Sealed up to block {after[1]} of" in said
    assert f"As anchored up to block {after[1]} of" in said


def test_yesterday_restored_over_today_is_noticed_by_what_was_kept(
    running: Installation, fresh: Fresh, folder: Path
) -> None:
    key = running.credentials()["api_key"]
    submit(running, "yesterday", key)
    yesterday = backed_up(running, folder / "yesterday.tar.gz")
    [*_, (_epoch, last)] = ask(running.postgres.owner_url, BLOCKS)
    submit(running, "today", key)
    [*_, (_epoch, today)] = ask(running.postgres.owner_url, BLOCKS)
    anchors = running.data / "anchors"
    kept = contents(anchors)

    other = restored(fresh, yesterday, BAILIWICK_ANCHORS=str(anchors))
    code, said = verified(other)
    assert code == 1
    assert f"block {last + 1} is missing: cut off, as block {today} was anchored" in line_about("aldermoor", said)
    told = other.run("doctor").stdout
    assert f"aldermoor: the chain ends at seal {last}," in told

    while ask(other.environment["DATABASE_OWNER_URL"], BLOCKS)[-1][1] < today:
        submit(other, f"again {ask(other.environment['DATABASE_OWNER_URL'], BLOCKS)[-1][1]}", key)
    code, said = verified(other)
    assert code == 1
    assert "is not as anchored" in line_about("aldermoor", said)
    assert "is another one than in" in other.run("doctor").stdout
    assert contents(anchors) == kept, "what was kept of today is not written over"


def contents(folder: Path) -> dict[str, Any]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.stat().st_size}


def line_about(slug: str, said: str) -> str:
    return next(line for line in said.splitlines() if line.startswith(slug) and "block" in line)

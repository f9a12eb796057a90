"""What comes back with a backup beside the rows, and what is refused."""

import json
from pathlib import Path

import pytest

from bailiwick.runtime.backup.archive import read_about, verify
from bailiwick.runtime.errors import StartError
from tests.runtime.installations import Fresh, Installation, ask, rewritten


def test_guards_stand_again_after_a_restore(running: Installation, quiet: Path, fresh: Fresh) -> None:
    other = fresh()
    result = other.run("restore", str(quiet))
    assert result.returncode == 0, result.stderr
    guards = """
        SELECT 'key', conname::text, pg_get_constraintdef(oid), convalidated FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
        UNION SELECT 'trigger', tgname::text, tgrelid::regclass::text, tgenabled = 'O' FROM pg_trigger
         WHERE NOT tgisinternal
        UNION SELECT 'table', relname::text, relacl::text, relrowsecurity FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        UNION SELECT 'policy', policyname::text, tablename::text, true FROM pg_policies
    """
    owner = other.environment["DATABASE_OWNER_URL"]
    assert set(ask(owner, guards)) == set(ask(running.postgres.owner_url, guards))
    sequences = "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public'"
    assert set(ask(owner, sequences)) == set(ask(running.postgres.owner_url, sequences))


def test_months_that_are_over_get_their_partitions_back(running: Installation, quiet: Path, fresh: Fresh) -> None:
    bound = "FOR VALUES FROM ('00000000-0000-0000-0000-000000000000') TO ('00000000-0000-0000-0000-00000000000f')"

    def add_month(name: str, content: bytes) -> bytes:
        if name != "about.json":
            return content
        about = json.loads(content)
        about["partitions"] += [["audit_event_1970_01", "audit_event", bound], ["x", "audit_event", "DEFAULT; DROP"]]
        return json.dumps(about).encode()

    other = fresh()
    path = rewritten(quiet, quiet.with_name("month.tar.gz"), add_month)
    result = other.run("restore", str(path))
    assert result.returncode == 0, result.stderr
    found = "SELECT relname::text, relacl IS NULL OR NOT relacl::text LIKE '%app_user%' FROM pg_class"
    where = " WHERE relname IN ('audit_event_1970_01', 'x')"
    assert ask(other.environment["DATABASE_OWNER_URL"], found + where) == [("audit_event_1970_01", True)]


def test_a_backup_of_an_earlier_schema_is_brought_up_to_date(fresh: Fresh, tmp_path: Path) -> None:
    earlier, later, path = fresh(), fresh(), tmp_path / "earlier.tar.gz"
    assert earlier.run("migrate").returncode == 0
    back = earlier.run("manage", "migrate", "predictions", "0002", BAILIWICK_DATABASE_ROLE="owner")
    assert back.returncode == 0, back.stderr
    assert earlier.run("backup", str(path)).returncode == 0
    assert "predictions_import" not in read_about(path)["tables"]
    result = later.run("restore", str(path))
    assert result.returncode == 0, result.stderr
    owner = later.environment["DATABASE_OWNER_URL"]
    assert ask(owner, "SELECT count(*) FROM predictions_import") == [(0,)]
    assert len(ask(owner, "SELECT FROM django_migrations")) > len(read_about(path)["migrations"])
    # It is at the later schema now, and nobody works in it: rows of the earlier one do not fit.
    assert "already: restore into an empty one" in later.run("restore", str(path)).stderr


@pytest.mark.parametrize("kept", [0.2, 0.95])
def test_a_file_that_was_cut_off_is_refused_and_leaves_nothing(quiet: Path, fresh: Fresh, kept: float) -> None:
    cut = quiet.with_name("cut.tar.gz")
    whole = quiet.read_bytes()
    cut.write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(StartError, match="cut off"):
        verify(cut)
    other = fresh()
    result = other.run("restore", str(cut))
    assert result.returncode == 1
    assert "cut off" in result.stderr
    assert not list((other.data / "storage").glob("**/*")) if (other.data / "storage").exists() else True
    assert other.run("restore", str(quiet)).returncode == 0


def test_a_changed_row_is_found(quiet: Path, fresh: Fresh) -> None:
    def rename(name: str, content: bytes) -> bytes:
        return content.replace(b"Aldermoor Group", b"Aldermoor Grupp") if name.startswith("tables/") else content

    changed = rewritten(quiet, quiet.with_name("changed.tar.gz"), rename)
    with pytest.raises(StartError, match="damaged"):
        verify(changed)
    result = fresh().run("restore", str(changed))
    assert result.returncode == 1
    assert "tenancy_organization" in result.stderr


def test_a_later_release_is_named(quiet: Path, fresh: Fresh) -> None:
    def later(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | {"version": "9.1.0"}).encode() if name == "about.json" else content

    result = fresh().run("restore", str(rewritten(quiet, quiet.with_name("later.tar.gz"), later)))
    assert result.returncode == 1
    assert "9.1.0" in result.stderr

    def unknown(name: str, content: bytes) -> bytes:
        if name != "about.json":
            return content
        about = json.loads(content)
        return json.dumps(about | {"migrations": [*about["migrations"], ["predictions", "0999_later"]]}).encode()

    result = fresh().run("restore", str(rewritten(quiet, quiet.with_name("unknown.tar.gz"), unknown)))
    assert "0999_later" in result.stderr


def test_one_that_is_in_use_is_not_restored_into(running: Installation, quiet: Path) -> None:
    result = running.run("restore", str(quiet))
    assert result.returncode == 1
    assert "fresh, empty installation" in result.stderr
    running.start()

"""A backup of an installation that is written to, restored into a fresh one."""

import io
import json
import stat
import tarfile
from pathlib import Path

import psycopg
import pytest

from bailiwick.kernel.base.vault import new_key
from bailiwick.runtime.backup.archive import Entry, Totals, verify
from bailiwick.runtime.backup.making import make_backup
from bailiwick.runtime.backup.storage import arriving, holding
from bailiwick.runtime.backup.tables import connected, snapshot, tally
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import exclusive
from tests.runtime.installations import Installation, ask

# One transaction each writes rows of several tables, and tells when it is committed.
WRITE = """
number = 0
while True:
    number += 1
    reasons = [{"reason_id": 1, "confidence": "High", "explanation": "It says so."}]
    body = {"product_id": f"W-{number}", "rejection_reasons": reasons}
    assert call(given["key"], "/predictions", body).status_code == 201
    print(number, flush=True)
"""
TOKEN = """
body = {"username": given["login"], "password": given["password"]}
print(json.dumps(call("", "/auth/token/", body).json()["access"]))
"""
DECIDE = """
claimed = call(given["token"], "/predictions/claim", {}).json()
reasons = [{"reason_id": each["reason_id"], "decision": "confirmed"} for each in claimed["rejection_reasons"]]
body = {"claim_token": claimed["claim_token"], "verdict": "reject", "reasons": reasons}
decided = call(given["token"], f"/predictions/{claimed['id']}/decision", body)
more = [{"reason_id": 1, "confidence": "High", "explanation": "It says so."}]
submitted = call(given["key"], "/predictions", {"product_id": "after", "rejection_reasons": more})
print(json.dumps([decided.status_code, submitted.status_code, decided.content.decode()]))
"""
# What one request of WRITE leaves has to be whole in any snapshot.
WHOLE = """
SELECT (SELECT count(*) FROM predictions_prediction WHERE product_id LIKE 'W-%'),
       (SELECT count(*) FROM predictions_predictionreason r JOIN predictions_prediction p ON p.id = r.prediction_id
         WHERE p.product_id LIKE 'W-%'),
       (SELECT count(*) FROM worklist_workitem w JOIN predictions_prediction p ON p.id = w.subject_id
         WHERE p.product_id LIKE 'W-%'),
       (SELECT count(*) FROM audit_event e JOIN predictions_prediction p ON p.id = e.subject_id
         WHERE p.product_id LIKE 'W-%' AND e.verb = 'predictions.prediction.submitted')
"""
NEVER_CHANGED = ("predictions_prediction", "predictions_predictionreason", "audit_event", "tenancy_organizationsecret")


def lines_of(url: str, table: str) -> set[str]:
    return {line for (line,) in ask(url, f"SELECT t::text FROM {table} t")}


def test_what_is_restored_is_what_was_there_at_one_moment_and_work_goes_on(running: Installation, folder: Path) -> None:
    people = {user["login"]: user["password"] for user in running.credentials()["users"]}
    key = running.credentials()["api_key"]
    token = running.ask(TOKEN, login="mara.lindqvist", password=people["mara.lindqvist"])
    writer, before = running.begin(WRITE, key=key), 0
    try:
        assert writer.stdout
        before = [int(writer.stdout.readline()) for _ in range(20)][-1]
        path = folder / "busy.tar.gz"
        result = running.run("backup", str(path))
        assert result.returncode == 0, result.stderr
        assert writer.poll() is None
    finally:
        writer.kill()
        after = len(writer.communicate()[0].splitlines()) + before
    assert "verified" in result.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    other = Installation(folder / "two")
    try:
        result = other.run("restore", str(path))
        assert result.returncode == 0, result.stderr
        assert "counts and digests are equal" in result.stdout
        other.start()
        source, target = running.postgres.owner_url, other.postgres.owner_url
        [whole] = ask(target, WHOLE)
        assert len(set(whole)) == 1
        assert before <= whole[0] < after
        for name, tally in verify(path).tables.items():
            # What a release makes of its own accord at the end of a migration comes on top.
            assert ask(target, f"SELECT count(*) FROM {name}") == [(tally.count,)], name
        for table in NEVER_CHANGED:
            assert lines_of(target, table) <= lines_of(source, table)
        assert [each.read_bytes() for each in (other.data / "storage").glob("files/*/*")] == [
            each.read_bytes() for each in (running.data / "storage").glob("files/*/*")
        ]
        assert ask(target, "SELECT app_epoch()") == [(2,)]
        decided, submitted, body = other.ask(DECIDE, key=key, token=token)
        assert (decided, submitted) == (201, 201), body
        assert dict(ask(target, "SELECT epoch, count(*) > 0 FROM audit_event GROUP BY 1")) == {1: True, 2: True}
        again = other.run("restore", str(path))
        assert again.returncode == 1
        assert "empty installation" in again.stderr
    finally:
        other.stop()


def test_secrets_come_along_unless_they_are_left_out(running: Installation, quiet: Path, folder: Path) -> None:
    with tarfile.open(quiet) as archive:
        assert [name for name in archive.getnames() if name.startswith("secrets/")] == []
    path = folder / "with.tar.gz"
    assert running.run("backup", str(path)).returncode == 0
    with tarfile.open(path) as archive:
        for name in ("secret_key", "encryption_keys"):
            content = archive.extractfile(f"secrets/{name}")
            assert content
            assert content.read().decode() == (running.data / "secrets" / name).read_text()
    other = Installation(folder / "three")
    try:
        given = {"BAILIWICK_SECRET_KEY": "another key that is long enough to sign with"}
        restored = other.run("restore", str(path), BAILIWICK_ENCRYPTION_KEYS=new_key(), **given)
        assert "BAILIWICK_SECRET_KEY is not the key of the backup" in restored.stdout
        assert "BAILIWICK_ENCRYPTION_KEYS lacks keys of the backup" in restored.stdout
    finally:
        other.stop()


def test_a_file_that_is_there_is_not_written_over(running: Installation, quiet: Path, tmp_path: Path) -> None:
    before = quiet.read_bytes()
    result = running.run("backup", str(quiet))
    assert result.returncode == 1
    assert "exists already" in result.stderr
    assert quiet.read_bytes() == before
    assert "no folder" in running.run("backup", str(tmp_path / "none" / "file")).stderr


def test_the_runtime_role_is_refused_rather_than_shown_less(running: Installation, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="DATABASE_OWNER_URL"):
        make_backup(tmp_path / "file", data=running.data, owner_url=running.postgres.runtime_url)
    assert list(tmp_path.iterdir()) == []


def test_content_that_is_not_as_its_row_says_is_told(running: Installation, tmp_path: Path) -> None:
    [stored] = (running.data / "storage").glob("files/*/*")
    content = stored.read_bytes()
    try:
        stored.write_bytes(b"something else")
        result = running.run("backup", str(tmp_path / "changed"))
        assert result.returncode == 0
        assert f"missing: {stored.relative_to(running.data / 'storage')}" in result.stdout
    finally:
        stored.write_bytes(content)


def test_a_file_that_is_removed_meanwhile_is_kept_until_the_backup_is_over(tmp_path: Path) -> None:
    place = tmp_path / "files" / "organisation" / "name"
    place.parent.mkdir(parents=True)
    place.write_text("content")
    with holding(tmp_path) as held:
        place.unlink()
        held.hold()
        assert (tmp_path / ".backup" / "files" / "organisation" / "name").read_text() == "content"
    assert not (tmp_path / ".backup").exists()


def test_what_is_written_while_it_is_read_is_not_seen_and_no_table_changes_its_shape(running: Installation) -> None:
    url = running.postgres.owner_url
    with connected(url) as reading, psycopg.connect(url, autocommit=True) as other:
        with snapshot(reading) as tables:
            [table] = [each for each in tables if each.name == "tenancy_organization"]
            before = tally(reading, table)
            other.execute("UPDATE tenancy_organization SET name = name || '.' WHERE slug = 'kranich'")
            assert tally(reading, table) == before
            other.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute("ALTER TABLE decisions_decision ADD COLUMN more int")
        after = tally(reading, table)
    assert (after.count, after.digest == before.digest) == (before.count, False)


def test_two_backups_do_not_meet(running: Installation, tmp_path: Path) -> None:
    with exclusive(running.data / "run" / "backup.lock"):
        result = running.run("backup", str(tmp_path / "second"))
    assert result.returncode == 1
    assert "Another backup" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_files_that_arrived_are_withdrawn_when_their_rows_do_not_stay(tmp_path: Path) -> None:
    entry = Entry("storage/files/organisation/name", 7, io.BytesIO(b"content"))
    outside = Entry("storage/../../outside", 7, io.BytesIO(b"content"))
    with pytest.raises(StartError, match="outside of the storage"), arriving(tmp_path / "storage") as files:
        files.take(outside)
    with pytest.raises(RuntimeError), arriving(tmp_path / "storage") as files:
        files.take(entry)
        files.settle()
        assert (tmp_path / "storage" / "files" / "organisation" / "name").read_bytes() == b"content"
        raise RuntimeError
    assert list((tmp_path / "storage").iterdir()) == []


def test_totals_survive_being_written_down(quiet: Path) -> None:
    totals = verify(quiet)
    assert Totals.of(json.loads(json.dumps(totals.as_json()))) == totals
    assert totals.files.count == 1
    assert totals.rows == sum(each.count for each in totals.tables.values()) > 100

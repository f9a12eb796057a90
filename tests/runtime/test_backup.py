"""A backup of an installation that is written to, restored into a fresh one."""

import json
import shutil
import stat
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bailiwick.runtime.backup.archive import Totals, read_about, verify
from bailiwick.runtime.backup.making import make_backup
from bailiwick.runtime.backup.storage import holding
from bailiwick.runtime.errors import StartError
from tests.runtime.installations import Installation

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
STORE = """
import io
from bailiwick.kernel.access.entry import acting_as
from bailiwick.kernel.files.actions import store_made
with acting_as("aldermoor", given["login"]) as actor:
    content = io.BytesIO(b"product,title\\n" + b"1,one\\n" * 100_000)
    kept = store_made(actor=actor, purpose="predictions.import", name="kept.csv", kind="csv", content=content)
print(json.dumps(kept.place))
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
Fresh = Callable[..., Installation]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="bw-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[Installation]:
    """With demo people, and a file."""
    installation = Installation(folder / "one").start()
    try:
        assert installation.run("prepare").returncode == 0
        assert installation.run("manage", "seed_demo").returncode == 0
        installation.ask(STORE, login="mara.lindqvist")
        yield installation
    finally:
        installation.stop()


@pytest.fixture(scope="module")
def quiet(running: Installation, folder: Path) -> Path:
    """A backup made while nothing happens."""
    path = folder / "quiet.tar.gz"
    result = running.run("backup", str(path), "--without-secrets")
    assert result.returncode == 0, result.stderr
    return path


@pytest.fixture
def fresh(running: Installation, tmp_path: Path) -> Iterator[Fresh]:
    """Empty databases of the same server, named by the environment as one's own are."""
    made: list[str] = []

    def make() -> Installation:
        name = f"fresh_{len(made)}"
        with psycopg.connect(running.postgres.superuser_url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER app_owner")
        made.append(name)
        urls = (running.postgres.runtime_url, running.postgres.owner_url)
        runtime, owner = (url.replace("/bailiwick?", f"/{name}?") for url in urls)
        given = {"DATABASE_URL": runtime, "DATABASE_OWNER_URL": owner, "REDIS_URL": running.valkey.url}
        return Installation(tmp_path / name, given)

    yield make
    with psycopg.connect(running.postgres.superuser_url, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


def lines_of(url: str, table: str) -> set[str]:
    return {line for (line,) in ask(url, f"SELECT t::text FROM {table} t")}


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive with some of its pieces changed, or left out."""
    import io

    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            content = old.extractfile(entry)
            assert content
            if (changed := change(entry.name, content.read())) is not None:
                entry.size = len(changed)
                new.addfile(entry, io.BytesIO(changed))
    return target


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


def test_secrets_come_along_unless_they_are_left_out(running: Installation, quiet: Path, folder: Path) -> None:
    with tarfile.open(quiet) as archive:
        assert "secrets/secret_key" not in archive.getnames()
    path = folder / "with.tar.gz"
    assert running.run("backup", str(path)).returncode == 0
    with tarfile.open(path) as archive:
        content = archive.extractfile("secrets/secret_key")
        assert content
        assert content.read().decode() == (running.data / "secrets" / "secret_key").read_text()
    other = Installation(folder / "three")
    try:
        restored = other.run("restore", str(path), BAILIWICK_SECRET_KEY="another key that is long enough to sign with")
        assert "BAILIWICK_SECRET_KEY is not the key of the backup" in restored.stdout
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


def test_totals_survive_being_written_down(quiet: Path) -> None:
    totals = verify(quiet)
    assert Totals.of(json.loads(json.dumps(totals.as_json()))) == totals
    assert totals.files.count == 1
    assert totals.rows == sum(each.count for each in totals.tables.values()) > 100

"""`bailiwick doctor` finds what was planted, and nothing in an installation that is well."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from bailiwick.config.doctor.broker import judge_memory, look_at_broker, look_at_workers
from bailiwick.config.doctor.choices import look_at_choices
from bailiwick.config.doctor.folders import judge_disk, look_at_secrets, look_at_static, look_at_storage
from bailiwick.kernel.testing.engines import Engines
from bailiwick.runtime.valkey import EmbeddedValkey
from tests.runtime.findings import only, told
from tests.runtime.installations import Installation
from tests.runtime.waiting import LONG

PRODUCTION = "bailiwick.config.settings.production"
KEY = "Zq3v8Kp1Lw7Xn5Tt9Yb2Rd6Fh4Gj0MsC"


@pytest.fixture
def production(settings: Any) -> Any:
    """Settings of a production that is well."""
    settings.PRODUCTION, settings.DEBUG, settings.DEMO_DATA = True, False, False
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = KEY, ["bailiwick.example.org"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS, settings.TRUSTED_PROXIES = 31_536_000, ["10.0.0.0/8"]
    settings.METRICS_TOKEN, settings.DEFAULT_FROM_EMAIL = "a token", "bailiwick@example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return settings


def test_a_production_that_is_well_is_told_so(production: Any) -> None:
    assert told(look_at_choices()) == []


@pytest.mark.parametrize(
    ("name", "value", "level", "word"),
    [
        ("SECRET_KEY", "short", "bad", "BAILIWICK_SECRET_KEY"),
        ("DEBUG", True, "bad", "DEBUG"),
        ("ALLOWED_HOSTS", [], "bad", "BAILIWICK_ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "bad", "BAILIWICK_ALLOWED_HOSTS"),
        ("DEMO_DATA", True, "bad", "Demo data"),
        ("SESSION_COOKIE_SECURE", False, "bad", "signs people in travels without TLS"),
        ("CSRF_COOKIE_SECURE", False, "bad", "forged forms"),
        ("SECURE_SSL_REDIRECT", False, "bad", "without TLS"),
        ("SECURE_PROXY_SSL_HEADER", None, "bad", "proxy"),
        ("SECURE_HSTS_SECONDS", 0, "warn", "insist"),
        ("TRUSTED_PROXIES", [], "warn", "proxy"),
        ("METRICS_TOKEN", "", "warn", "/metrics"),
        ("OPERATOR_ADDRESSES", ["office"], "bad", "BAILIWICK_OPERATOR_ADDRESSES"),
        ("OPERATOR_ADDRESSES", ["10.0.0.0/8", "::/0"], "warn", "anywhere"),
        ("DEFAULT_FROM_EMAIL", "Bailiwick <bailiwick@localhost>", "warn", "Mail comes from"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "warn", "mail"),
    ],
)
def test_a_choice_that_does_not_fit_production(production: Any, name: str, value: Any, level: str, word: str) -> None:
    setattr(production, name, value)
    found = only(look_at_choices())
    assert found[0] == level
    assert word in found[1]


def test_development_settings_on_an_open_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAILIWICK_HOST", "127.0.0.1")
    assert told(look_at_choices()) == []
    monkeypatch.setenv("BAILIWICK_HOST", "0.0.0.0")
    assert "0.0.0.0" in only(look_at_choices())[1]


@pytest.fixture
def valkey(engines: Engines) -> EmbeddedValkey:
    return engines.valkey


def test_a_broker_that_is_well_away_locked_or_forgetful(valkey: EmbeddedValkey) -> None:
    assert told(look_at_broker(valkey.url)) == []
    assert "cannot be reached" in only(look_at_broker("redis://127.0.0.1:1/0"))[1]
    assert "lets us not in" in only(look_at_broker(valkey.url.replace("redis://:", "redis://:x")))[1]
    memory = {"used_memory": 95, "maxmemory": 100, "maxmemory_policy": "noeviction"}
    assert only(judge_memory(memory))[0] == "warn"


def test_a_broker_that_evicts(valkey: EmbeddedValkey) -> None:
    client = Redis.from_url(valkey.url)
    client.config_set("maxmemory-policy", "allkeys-lru")
    try:
        level, sentence = only(look_at_broker(valkey.url))
    finally:
        client.config_set("maxmemory-policy", "noeviction")
        client.close()
    assert level == "bad"
    assert "allkeys-lru" in sentence


def test_no_worker() -> None:
    assert only(look_at_workers())[0] == "bad"


def test_a_storage_that_cannot_be_written_or_is_open(tmp_path: Path) -> None:
    storage = tmp_path / "storage"
    assert told(look_at_storage(storage)) == []
    (tmp_path / "file").write_text("")
    assert "cannot be kept" in only(look_at_storage(tmp_path / "file" / "storage"))[1]
    kept = storage / "files" / "organisation" / "name"
    kept.parent.mkdir(parents=True)
    kept.write_text("content")
    kept.chmod(0o644)
    assert str(kept) in only(look_at_storage(storage))[1]
    kept.chmod(0o600)
    storage.chmod(0o755)
    assert f"can read {storage}" in only(look_at_storage(storage))[1]


def test_a_secret_that_others_read(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("secret")
    (tmp_path / "secret_key").chmod(0o600)
    assert told(look_at_secrets(tmp_path)) == []
    (tmp_path / "secret_key").chmod(0o640)
    assert only(look_at_secrets(tmp_path))[0] == "bad"


def test_a_disk_that_is_nearly_full_and_pages_without_styles(tmp_path: Path) -> None:
    assert told(judge_disk(tmp_path, 50 << 30, 100 << 30)) == []
    assert only(judge_disk(tmp_path, 9 << 30, 100 << 30))[0] == "warn"
    assert only(judge_disk(tmp_path, 1 << 30, 100 << 30))[0] == "bad"
    assert "no styles" in only(look_at_static(tmp_path, tmp_path))[1]


@contextmanager
def up(installation: Installation) -> Iterator[int]:
    """Everything runs; gives the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "bailiwick.config.cli", "up"],
        env=installation.environment_of(BAILIWICK_PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout
        assert any("Bailiwick is ready" in line for line in process.stdout)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=LONG)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="bw-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def test_one_that_runs_is_well_and_one_that_was_stopped_is_not(folder: Path) -> None:
    installation = Installation(folder)
    with up(installation):
        deadline = time.monotonic() + LONG
        while (result := installation.run("doctor")).returncode and time.monotonic() < deadline:
            time.sleep(1)
        assert result.returncode == 0, result.stdout
        assert {line.split()[0] for line in result.stdout.splitlines()} == {"ok"}
        assert "A worker answers" in result.stdout
        assert "A scheduler runs" in result.stdout
        assert "A dispatcher runs" in result.stdout
        assert (folder / "secrets" / "app_user").read_text() not in result.stdout
    result = installation.run("doctor")
    assert result.returncode == 1
    assert "No PostgreSQL runs" in result.stdout
    assert "bailiwick up" in result.stdout
    assert "Traceback" not in result.stderr


def test_a_variable_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    result = Installation(tmp_path).run("doctor", BAILIWICK_EMAIL_URL="mail.example.org")
    assert result.returncode == 1
    assert "does not load" in result.stdout
    assert "BAILIWICK_EMAIL_URL" in result.stdout
    assert "Traceback" not in result.stderr


def test_a_production_without_anything_is_told_all_at_once(tmp_path: Path) -> None:
    result = Installation(tmp_path).run(
        "doctor",
        DJANGO_SETTINGS_MODULE=PRODUCTION,
        DATABASE_URL="postgresql://nobody@127.0.0.1:2/none",
        REDIS_URL="redis://127.0.0.1:2/0",
    )
    assert result.returncode == 1
    variables = ("BAILIWICK_SECRET_KEY", "BAILIWICK_ENCRYPTION_KEYS", "BAILIWICK_ALLOWED_HOSTS")
    for word in (*variables, "database", "Valkey", "worker", "styles", "→"):
        assert word in result.stdout
    assert "Traceback" not in result.stderr

"""What can be known of the files in deploy/ and of the page on operations without a container engine."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from bailiwick.config.cli import _command_of_app, _parser
from bailiwick.config.doctor.database import look_at_role
from bailiwick.kernel.access.management.commands import create_owner
from bailiwick.kernel.api.schema import PROBLEM
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.operators.management.commands import name_operator
from bailiwick.runtime.accounts import server_account
from bailiwick.runtime.server_files import locate_server
from tests.runtime.findings import told
from tests.runtime.installations import Installation

ROOT = Path(__file__).parents[2]
DEPLOY, PAGE = ROOT / "deploy", ROOT / "docs" / "operations.md"
COMPOSE = ("compose.yaml", "compose.development.yaml")
# Read by the images of others, or by Python and its packages.
FOREIGN = {"PYTHONPATH", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDISCLI_AUTH", "VALKEY_PASSWORD"}
# For tests, and for what one process tells another.
INTERNAL = {
    "BAILIWICK_BROWSER",
    "BAILIWICK_DATABASE_ROLE",
    "BAILIWICK_SAMPLES",
    "BAILIWICK_SUPERVISOR",
    "BAILIWICK_TEST_RUN",
    "BAILIWICK_TEST_STORAGE",
}
OURS = re.compile(r"\b(?:BAILIWICK_[A-Z_]+|DATABASE_(?:OWNER_)?URL|REDIS_URL|DJANGO_SETTINGS_MODULE)\b")


def read_by_code() -> set[str]:
    texts = [path.read_text() for path in (ROOT / "src" / "bailiwick").rglob("*.py")]
    return {name for text in texts for name in re.findall(r'"([A-Z_]+)"', text) if OURS.fullmatch(name)}


def compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / name).read_text())
    return found


def check_command(words: list[str]) -> None:
    """One that argparse would refuse ends the test."""
    assert words[0] == "bailiwick"
    if words[1] == "manage":
        assert words[2] in get_commands()
    elif words[1] == "create-owner":
        create_owner.Command().create_parser("bailiwick", "create-owner").parse_args(words[2:])
    elif words[1] == "name-operator":
        name_operator.Command().create_parser("bailiwick", "name-operator").parse_args(words[2:])
    elif command := _command_of_app(words[1:]):
        assert command in get_commands()
    else:
        _parser().parse_args(words[1:])


def check_script(line: str) -> None:
    for part in line.split("&&"):
        words = shlex.split(part)
        if words[:1] == ["bailiwick"]:
            check_command(words)


@pytest.mark.parametrize("name", COMPOSE)
def test_a_compose_file_names_what_there_is(name: str) -> None:
    services = compose(name)["services"]
    assert {"postgres", "valkey", "prepare", "web", "worker", "scheduler", "dispatcher"} <= set(services)
    for service in services.values():
        for needed in service.get("depends_on", {}):
            assert needed in services
        assert set(service.get("environment", {})) <= read_by_code() | FOREIGN
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() or source in ("./tls", *compose(name)["volumes"]), volume
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
            command = service["command"]
            check_script(command[2]) if command[0] == "sh" else check_command(command)


def test_production_shows_nothing_but_the_proxy_and_runs_without_rights() -> None:
    services = compose("compose.yaml")["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["nginx"]
    for name in ("prepare", "web", "worker", "scheduler", "dispatcher"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        is_owner = "DATABASE_OWNER_URL" in services[name]["environment"]
        assert is_owner is (name == "prepare")
    assert services["postgres"]["image"] == "postgres:18"
    assert services["valkey"]["image"] == "valkey/valkey:9"
    assert "noeviction" in services["valkey"]["command"]
    for service in compose("compose.development.yaml")["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_variable_is_explained_and_read() -> None:
    example = (DEPLOY / "env.example").read_text()
    explained = {line.split("=")[0] for line in example.splitlines() if line and not line.startswith("#")}
    used = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text()))
    assert explained == used
    lines = example.splitlines()
    first = [number for number, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    assert all(lines[number - 1].startswith("#") or number - 1 in first for number in first)
    assert {name for name in explained if OURS.fullmatch(name)} - {"BAILIWICK_VERSION"} <= read_by_code()
    page = set(OURS.findall(PAGE.read_text()))
    assert page - {"BAILIWICK_VERSION"} == read_by_code() - INTERNAL


def test_the_image_is_made_of_what_is_in_the_checkout() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert "USER bailiwick" in text
    assert "--require-hashes" in text
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line]
    sources = {source for each in copied for source in each}
    assert all((ROOT / source).exists() for source in sources)
    let_in = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert let_in == sources
    for module in re.findall(r"python -m (bailiwick\S+)", text):
        assert find_spec(module)
    for name, value in re.findall(r"((?:BAILIWICK|DJANGO)_\w+)=(\S+)", text):
        assert name in read_by_code()
        assert name != "DJANGO_SETTINGS_MODULE" or find_spec(value)


def test_the_proxy_takes_what_is_taken_and_holds_nothing_back() -> None:
    text = re.sub(r"#.*", "", (DEPLOY / "nginx.conf").read_text())
    assert text.count("{") == text.count("}")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    # A directive that goes over several lines ends on the last of them.
    assert all(line.endswith((";", "{", "}")) for line in lines)
    largest = max(purpose.largest for purpose in registry().files.values())
    [taken] = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(taken) << 20 > largest
    assert "server web:8000;" in text
    bulk = text[text.index("location ~ ^/api/predictions/bulk") :]
    assert re.match(r"[^{]*\{[^}]*proxy_request_buffering off;[^}]*proxy_buffering off;", bulk)
    assert resolve("/api/predictions/bulk")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto https;" in text


def test_the_proxy_has_something_to_show_while_nothing_answers(tmp_path: Path, settings: Any) -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert "error_page 502 503 504 =503 $offline;" in text
    [document] = re.findall(r"return 503 '(.*)';", text)
    assert set(json.loads(document)) == set(PROBLEM["required"])
    services = compose("compose.yaml")["services"]
    [written] = [volume for volume in services["prepare"]["volumes"] if volume.startswith("pages:")]
    [read] = [volume for volume in services["nginx"]["volumes"] if volume.startswith("pages:")]
    _volume, shown, mode = read.split(":")
    assert mode == "ro"
    assert f"root {shown};" in text
    folder = Path(written.split(":")[1])
    assert folder == Path("/var/lib/bailiwick") / settings.OFFLINE_PAGE.relative_to(settings.DATA_FOLDER).parent
    assert f"location = /{settings.OFFLINE_PAGE.name} {{" in text
    assert f"-m 755 {folder}" in (DEPLOY / "Dockerfile").read_text()


def test_every_command_of_the_page_can_be_given() -> None:
    text = PAGE.read_text()
    blocks = re.findall(r"```\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    inline = [given for given in re.findall(r"`((?:[A-Z_]+=\S+ )?bailiwick [^`]+)`", text) if "FILE" not in given]
    assert len(lines) > 15
    for line in [*lines, *inline]:
        words = [word for word in shlex.split(line) if not re.match(r"[A-Z_]+=", word)]
        if words[0] == "docker":
            words = _inside(words)
        words[0] = words[0].removeprefix(".venv/bin/")
        if words[0] == "bailiwick":
            required = {"create-owner": 8, "name-operator": 3, "backup": 3, "restore": 3}.get(words[1], 2)
            if line in lines or len(words) >= required:
                check_command(words)
        else:
            assert words[0] in ("make", "cp", "chmod", "docker")
            assert words[0] != "cp" or (ROOT / words[1]).exists()


def _inside(words: list[str]) -> list[str]:
    """What runs in a container, or the command itself when that is all."""
    assert words[:3] == ["docker", "compose", "-f"]
    services = compose(Path(words[3]).name)["services"]
    assert (ROOT / words[3]).is_file()
    if words[4] not in ("run", "exec"):
        assert set(words[5:]) <= {"-d", *services}
        return ["docker"]
    begin = words.index("bailiwick")
    assert words[begin - 1] in services
    return words[begin:]


@pytest.fixture
def roles_made(running: Installation) -> Iterator[tuple[str, str]]:
    """The script of the database's first start, run on a server; gives the two URLs."""
    psql = locate_server(server_account(running.postgres.home / "data"), running.postgres.home.parent / "copy")
    folder = str(running.postgres.socket_folder)
    environment = {
        "PATH": f"{psql.root / 'bin'}:{os.environ['PATH']}",
        "PGHOST": folder,
        "POSTGRES_USER": "postgres",
        "OWNER_PASSWORD": "0123",
        "APP_PASSWORD": "4567",
    }
    # The database of this server has the name already.
    script = (DEPLOY / "postgres" / "10-roles.sh").read_text().replace("DATABASE bailiwick", "DATABASE deployed")
    script = script.replace("\\connect bailiwick", "\\connect deployed")
    with psycopg.connect(running.postgres.superuser_url, autocommit=True) as superuser:
        result = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        yield (
            running.postgres.url("bailiwick_app", "4567", "deployed"),
            running.postgres.url("bailiwick_owner", "0123", "deployed"),
        )
        superuser.execute("DROP DATABASE deployed WITH (FORCE)")
        superuser.execute("DROP ROLE bailiwick_app")
        superuser.execute("DROP ROLE bailiwick_owner")


def test_the_roles_of_a_first_start_are_those_that_are_needed(
    running: Installation, roles_made: tuple[str, str], tmp_path: Path
) -> None:
    app, owner = roles_made
    given = {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner, "REDIS_URL": running.valkey.url}
    assert Installation(tmp_path, given).run("migrate").returncode == 0
    with psycopg.connect(app, autocommit=True) as connection:
        assert told(look_at_role(connection)) == []
        assert connection.execute("SELECT count(*) FROM tenancy_organization").fetchone() == (1,)
        assert connection.execute("SHOW statement_timeout").fetchone() == ("30s",)


def test_the_health_check_asks_under_a_name_that_is_served() -> None:
    asked: list[str | None] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Host"])
            self.send_response(200 if self.path == "/health/ready" else 404)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    def check(port: int) -> int:
        environment = {"BAILIWICK_PORT": str(port), "BAILIWICK_ALLOWED_HOSTS": ".example.org, other.example.org"}
        return subprocess.run([sys.executable, DEPLOY / "healthcheck.py"], env=environment, check=False).returncode

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert check(server.server_port) == 0
        server.shutdown()
    assert asked == ["example.org"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert check(probe.getsockname()[1]) == 1

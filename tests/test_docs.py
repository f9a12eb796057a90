"""What the documents say is so: commands and programs are run, links and addresses lead somewhere, lists are whole."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from bailiwick.apps.predictions.models import Import, Prediction
from bailiwick.config.cli import _parser
from bailiwick.kernel.access.demo import Credentials, seed
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.queries import get_organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import bearer, with_key

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HOW_TO = DOCS / "how-to"
GUIDES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    *(DOCS / name for name in ("index.md", "tutorial.md", "reference.md")),
    *sorted(HOW_TO.glob("*.md")),
]
EVERY = sorted({*GUIDES, *DOCS.rglob("*.md"), *(ROOT / "src").rglob("*.md")})
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PASSWORD = "a sentence that nobody else has"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` is what the lines before it call it."""

    language: str
    text: str
    file: str


def blocks(path: Path) -> Iterator[Block]:
    text = path.read_text()
    for found in FENCE.finditer(text):
        before = re.search(r"`(\w+\.py)`", text[: found.start()].rstrip().rpartition("\n\n")[2])
        yield Block(found[1], found[2], before[1] if before else "")


def prose(path: Path) -> str:
    return FENCE.sub("", path.read_text())


def run(path: Path, folder: Path, replaced: dict[str, str]) -> "subprocess.Popen[str]":
    """Begin all commands and programs of a document, one after the other, in a folder of their own."""
    script = ["set -euo pipefail"]
    for number, block in enumerate(blocks(path)):
        if block.language == "sh":
            script += [line for line in block.text.splitlines() if not line.startswith("make ")]
        elif block.language == "python":
            name = block.file or f"block-{number}.py"
            (folder / name).write_text(block.text)
            script += [] if block.file else [f"python {name}"]
    whole = "\n".join(script)
    for old, new in replaced.items():
        assert old in whole
        whole = whole.replace(old, new)
    own = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{own}:{os.environ['PATH']}", "BAILIWICK_DATA": str(folder)}
    pipe = subprocess.PIPE
    begun = subprocess.Popen(
        ["bash", "-c", whole], cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    assert begun.stdin
    begun.stdin.write(PASSWORD + "\n")
    begun.stdin.flush()
    return begun


def end(begun: "subprocess.Popen[str]") -> str:
    said, complaint = begun.communicate(timeout=60)
    assert begun.returncode == 0, said + complaint
    return said


@pytest.mark.django_db(transaction=True)
def test_the_tutorial_leads_to_a_record(page: Any, live_server: Any, tmp_path: Path) -> None:
    document = DOCS / "tutorial.md"
    credentials = seed(live_server.url)
    passwords = {user.login: user.password for user in credentials.users}
    first, second = re.findall(r"sign in as `([\w.]+)`", document.read_text())
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "demo-credentials.json").write_text(json.dumps(credentials.as_json()))

    sign_in(page, first, passwords[first])
    take_next(page)
    if reasons := page.locator(".bench .reason").count():
        for _confirmed in range(reasons - 1):
            page.keyboard.press("c")
        page.keyboard.press("o")
        page.keyboard.type("The lessons are not supervised.")
    if not page.locator("input[name=verdict]:checked").count():
        page.keyboard.press("v")
    submit(page)

    said = end(run(document, tmp_path, {"http://localhost:8000": live_server.url}))
    assert json.loads(said)["status"] == "success"

    page.context.clear_cookies()
    sign_in(page, second, passwords[second])
    take_next(page)
    page.get_by_role("heading", name="Weekend trading course").wait_for()
    page.keyboard.press("c")
    submit(page)
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.get_by_role("link", name="Weekend trading course").click()
    page.get_by_role("heading", name="What the model said").wait_for()
    assert "Confirmed" in page.locator(".rec-head").inner_text()


def sign_in(page: Any, login: str, password: str) -> None:
    page.goto("/review")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Review next").wait_for()
    # Until then nobody listens to the keys.
    page.wait_for_load_state("load")


def take_next(page: Any) -> None:
    page.keyboard.press("n")
    # The script of the bench sets it when it listens.
    page.wait_for_selector("[data-submit][aria-disabled]")


def submit(page: Any) -> None:
    page.wait_for_selector("[data-submit][aria-disabled=false]")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Decision stored.").wait_for()


@pytest.mark.django_db(transaction=True)
def test_a_model_is_connected_as_told(live_server: Any, organization: Any, member: Any, tmp_path: Path) -> None:
    program = member(organization, "submitter", kind="program")
    key = with_key(program).defaults["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    given = {"http://localhost:8000": live_server.url, "BAILIWICK_KEY=KEY": f"BAILIWICK_KEY={key}"}
    said = end(run(HOW_TO / "connect-your-model.md", tmp_path, given))
    assert '{"status":"success","id":' in said
    assert re.findall(r'"line":\d,"status":(\d+)', said) == ["201", "201", "400"]
    assert re.search(r"^1 201 \S+\n2 201 \S+$", said, flags=re.MULTILINE)
    assert '"product_id":"498589"' in said
    with enter(organization.id):
        stored = set(Prediction.objects.values_list("product_id", flat=True))
    assert stored == {"498589", "498590", "498592", "498601", "498602"}


@pytest.fixture
def demo(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Credentials:
    """The demo's people, without what they did."""
    monkeypatch.setattr("bailiwick.kernel.access.demo._fill", lambda organization_id: None)
    return seed("http://localhost:8000")


def test_a_file_is_imported_as_told(demo: Credentials, tmp_path: Path) -> None:
    begun = run(HOW_TO / "import-a-file.md", tmp_path, {})
    organization = get_organization("aldermoor")
    job_id = None
    for _turn in range(300):
        with enter(organization.id):
            job_id = Import.objects.filter(job__isnull=False).values_list("job_id", flat=True).first()
        if job_id or begun.poll() is not None:
            break
        time.sleep(0.1)
    # There is no worker here: the test is it.
    run_job(str(organization.id), str(job_id)) if job_id else None
    assert "2 stored, 0 recognised, 0 rejected." in end(begun)


@pytest.mark.django_db(transaction=True)
def test_an_organisation_gets_its_owner_who_registers_and_issues_as_told(tmp_path: Path) -> None:
    said = end(run(HOW_TO / "choose-who-reviews.md", tmp_path, {}))
    assert "Ada King may do everything in Acme Works." in said
    client = Client()
    client.post("/accounts/login", {"login": "ada", "password": PASSWORD})
    sent = {"organization": str(get_organization("acme").id)}
    registered = {"first_name": "Grace", "last_name": "Hopper", "role": "reviewer"}
    assert "/accounts/enrol/?ticket=" in client.post("/people/new/", sent | registered).content.decode()
    added = client.post("/settings/keys/programs/new/", sent | {"name": "Shop", "role": "submitter"})
    program = added["Location"].rpartition("=")[2]
    asked = {"program": program, "name": "Feed", "scopes": ["predictions.submit"]}
    shown = client.post("/settings/keys/new/", sent | asked, follow=True).content.decode()
    [key] = set(re.findall(r"bw_[\w-]{40,}", shown))
    answer = bearer(key).post("/api/predictions", {"product_id": "1", "verdict": "accept"}, "application/json")
    assert answer.status_code == 201, answer.content


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_links_and_headings_are_there(path: Path) -> None:
    for target in re.findall(r"(?:\]\(|src(?:set)?=\")([^)\"\s]+)", path.read_text()):
        if not target.startswith(("http://", "https://")):
            file, _hash, anchor = target.partition("#")
            found = path.parent / file if file else path
            assert found.exists(), target
            assert not anchor or anchor in anchors(found), target


def anchors(path: Path) -> set[str]:
    """As forges make them of headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", GUIDES, ids=name_of)
def test_addresses_are_served(path: Path) -> None:
    named = re.findall(r"`(?:http://localhost:\d+)?(/[a-z][\w/.-]*)`", prose(path))
    for address in named:
        assert resolve(address), address


@pytest.mark.parametrize("path", GUIDES, ids=name_of)
def test_commands_are_there(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    given = re.findall(r"`((?:[A-Z_]+=\S+ )*(?:make|bailiwick) [^`]*)`", prose(path))
    for block in blocks(path):
        if block.language == "sh":
            given += re.findall(r"^(?:make|bailiwick) .*$", block.text, flags=re.MULTILINE)
    for line in given:
        program, name, *_rest = [each for each in shlex.split(line, comments=True) if not re.match("[A-Z_]+=", each)]
        assert name in (targets if program == "make" else {each.split()[0] for each in commands()} | {"COMMAND"}), line


def commands() -> set[str]:
    [choices] = [action.choices for action in _parser()._actions if action.choices]
    return set(choices)


def test_the_reference_lists_every_command() -> None:
    assert (
        set(re.findall(r"^\| `bailiwick ([^`]+)` \|", (DOCS / "reference.md").read_text(), re.MULTILINE)) == commands()
    )


def test_the_reference_lists_every_role_and_right() -> None:
    known = registry()
    roles = [
        f"| `{each.code}` | {each.title} | {names(each.rights)} |"
        for each in (known.roles | known.installation_roles).values()
    ]
    rights = [f"| `{each.code}` | {each.title} |" for each in known.rights.values()]
    text = (DOCS / "reference.md").read_text()
    section = text[text.index("## Roles and rights") :]
    assert re.findall(r"^\| `.*$", section, flags=re.MULTILINE) == [*roles, *rights]


def names(rights: tuple[str, ...]) -> str:
    return ", ".join(f"`{right}`" for right in rights)


@pytest.mark.parametrize("path", GUIDES, ids=name_of)
def test_every_block_says_what_it_is(path: Path) -> None:
    for block in blocks(path):
        assert block.language in ("sh", "python", "json")
        if block.language == "json":
            whole = block.text if block.text.count("\n}") else f"[{','.join(block.text.splitlines())}]"
            assert json.loads(whole)


def test_the_newest_release_is_this_one() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    [newest, *_older] = re.findall(r"^## (\S+) - \d{4}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert version == newest == settings.SPECTACULAR_SETTINGS["VERSION"]

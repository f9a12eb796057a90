"""One action on many rows of a list: a few at once, many by a job; what could not be done is said with its reason."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError, InvalidInput, NotFound
from bailiwick.kernel.base.manifest import Text
from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.writing import open_writer
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.web.columns import head_of, text_of
from bailiwick.kernel.web.cursors import follow, place_of
from bailiwick.kernel.web.manifest import BULK, EXPORT
from bailiwick.kernel.web.selection import Selection, reopen
from bailiwick.kernel.web.templatetags.bailiwick import figure

if TYPE_CHECKING:
    from bailiwick.kernel.web.tables import ListPage

AT_ONCE = 200
STEP = 100
MOST_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class BulkAction:
    """Something done to each of the rows that were ticked, offered to who holds `right`.

    `run(actor=, key=, reason=)`, or its dotted path, does it to one row or raises the DomainError that says why not.
    With `is_set` it is `run(actor=, keys=, reason=)`, does it to many in as many statements as to one, and answers the
    refusals by key. With `choose(actor)` one of its (value, title) pairs is asked for and comes as `reason`.
    """

    code: str
    title: Text
    icon: str
    right: str
    run: Callable[..., Any] | str
    asks_reason: bool = False
    is_danger: bool = False
    is_set: bool = False
    choose: Callable[[Actor], Sequence[tuple[str, Text]]] | None = None
    choices: Sequence[tuple[str, Text]] = ()
    """What the page offers to choose from, by `choose`."""

    def shown_to(self, actor: Actor) -> "BulkAction":
        return replace(self, choices=self.choose(actor)) if self.choose else self

    def perform(self, actor: Actor, keys: Sequence[Any], reason: str) -> dict[Any, str]:
        """Do it, each row in a savepoint of its own unless the action takes them as a set; refusals by key."""
        run = import_string(self.run) if isinstance(self.run, str) else self.run
        if self.is_set:
            with transaction.atomic():
                return {key: str(refusal) for key, refusal in run(actor=actor, keys=keys, reason=reason).items()}
        refused: dict[Any, str] = {}
        for key in keys:
            try:
                with transaction.atomic():
                    run(actor=actor, key=key, reason=reason)
            except DomainError as refusal:
                refused[key] = str(refusal)
        return refused


@dataclass(slots=True)
class Outcome:
    """How many rows something was done to, and which were skipped: (name, sentence), the first thousand of them."""

    done: int = 0
    count_skipped: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def skip(self, name: str, sentence: str) -> None:
        self.count_skipped += 1
        if len(self.skipped) < MOST_TOLD:
            self.skipped.append((name, sentence))

    @property
    def sentence(self) -> str:
        if not self.count_skipped:
            return _("%(done)s done.") % {"done": figure(self.done)}
        counts = {"done": figure(self.done), "skipped": figure(self.count_skipped)}
        return _("%(done)s done, %(skipped)s skipped.") % counts


def offered(page: "ListPage", code: str) -> BulkAction:
    """The action of the list by its code; raises NotFound, and Forbidden to who may not."""
    action = next((each for each in page.bulk if each.code == code), None)
    if action is None:
        raise NotFound
    if action.right:
        page.actor.require(action.right)
    return action


def carry_out(page: "ListPage", action: BulkAction, selection: Selection, reason: str) -> Outcome | Job:
    """Do it to the selected rows: at most 200 now, more by a job; raises InvalidInput when a reason is missing."""
    if action.asks_reason and not reason:
        raise InvalidInput({"reason": [_("Give a reason. Nothing was changed.")]})
    if action.choose and reason not in dict(action.choose(page.actor)):
        raise InvalidInput({"reason": [_("Choose one of those offered. Nothing was changed.")]})
    rows = selection.rows(page)
    found = follow(rows, page.order, None, AT_ONCE + 1)
    if len(found) <= AT_ONCE:
        outcome = Outcome()
        perform(page, action, found, reason, outcome)
        return outcome
    arguments = selection.plain() | {"action": action.code, "reason": reason, "language": get_language()}
    return submit_job(actor=page.actor, kind=BULK, arguments=arguments)


def perform(page: "ListPage", action: BulkAction, rows: list[Any], reason: str, outcome: Outcome) -> None:
    """Do it to some rows; a refusal skips the row."""
    refused = action.perform(page.actor, [row.pk for row in rows], reason)
    outcome.done += len(rows) - len(refused)
    for name, row in _named(page, [row for row in rows if row.pk in refused]):
        outcome.skip(name, refused[row.pk])


def _named(page: "ListPage", rows: list[Any]) -> Iterable[tuple[str, Any]]:
    head = head_of(page.columns)
    page.disclose(rows)
    shown = page.present(rows) if rows else []
    return [(text_of(head.cell(each)), row) for row, each in zip(rows, shown, strict=True)]


def run(job: Run) -> dict[str, Any]:
    """The job: a hundred rows a step, so that what is done and how far it has come are stored together.

    Rows that were skipped come as a file.
    """
    given = dict(job.arguments)
    code, reason, language = (given.pop(name) for name in ("action", "reason", "language"))
    selection = Selection(**given)
    outcome = Outcome(**job.position.get("outcome", {}))
    is_done = False
    with override(language):
        while not is_done:
            with job.step() as actor:
                assert actor
                is_done = _step(job, reopen(selection, actor), code, reason, selection, outcome)
        counts = {"done": outcome.done, "skipped": outcome.count_skipped}
        return counts | ({"file": _store_skipped(job, outcome)} if outcome.skipped else {})


def _step(job: Run, page: "ListPage", code: str, reason: str, selection: Selection, outcome: Outcome) -> bool:
    """The next hundred rows; whether they were the last."""
    rows = selection.rows(page)
    if job.total is None:
        job.total = rows.order_by().count()
    found = follow(rows, page.order, job.position.get("last"), STEP)
    perform(page, offered(page, code), found, reason, outcome)
    job.done, job.rejected = outcome.done + outcome.count_skipped, outcome.count_skipped
    if found:
        stored = {"done": outcome.done, "count_skipped": outcome.count_skipped, "skipped": outcome.skipped}
        job.position = {"last": place_of(found[-1], page.order), "outcome": stored}
    return len(found) < STEP


def _store_skipped(job: Run, outcome: Outcome) -> str:
    columns = (("row", _("Row")), ("reason", _("Reason")))
    with TemporaryFile() as content:
        with open_writer(FileKind.CSV, content, columns) as writer:
            for each in outcome.skipped:
                writer.write(each)
        with job.step() as actor:
            assert actor
            name = _("skipped-rows") + ".csv"
            return str(store_made(actor=actor, purpose=EXPORT, name=name, kind=FileKind.CSV, content=content).id)

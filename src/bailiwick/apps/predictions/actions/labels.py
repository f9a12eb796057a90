"""Writing corrected labels: what the model said and what people finally say, to train and to judge models by."""

from datetime import datetime
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.disclosing import show_predictions
from bailiwick.apps.predictions.manifest import AUDIT, LABELS, TO_EXPORT
from bailiwick.apps.predictions.queries.labels import COLUMNS, list_labelled, list_labels
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.choices import TABLES
from bailiwick.kernel.files.writing import open_writer
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run

CHUNK = 1_000


def start_labels(*, actor: Actor, kind: str, model: str = "", since: datetime | None = None) -> Job:
    """Have the labels of a model version written, or of all, that were decided since; raises InvalidInput."""
    actor.require(AUDIT)
    if kind not in TABLES:
        raise InvalidInput({"kind": [_("There is no such kind of file. Choose CSV, XLSX or JSON lines.")]})
    since_said = since.isoformat() if since else ""
    arguments = {"kind": kind, "model": model, "since": since_said, "language": get_language()}
    return submit_job(actor=actor, kind=LABELS, arguments=arguments)


def write_labels(run: Run) -> dict[str, Any]:
    """The job: walks the decided predictions by key, each piece read in a transaction of its own, into one file."""
    if "file" in run.position:
        return dict(run.position)
    given, run.done = run.arguments, 0
    kind = given["kind"]
    with override(given["language"]), TemporaryFile() as content:
        with open_writer(kind, content, [(key, str(title)) for key, title in COLUMNS]) as writer:
            _write(run, writer)
        with run.step() as actor:
            assert actor
            name = f"labels-{localdate().isoformat()}.{kind}"
            stored = store_made(actor=actor, purpose=LABELS, name=name, kind=kind, content=content)
            run.position = {"file": str(stored.id), "rows": run.done}
    return dict(run.position)


def _write(run: Run, writer: Any) -> None:
    given = run.arguments
    since = datetime.fromisoformat(given["since"]) if given["since"] else None
    model = UUID(given["model"]) if given["model"] else None
    after: UUID | None = None
    found = CHUNK
    while found == CHUNK:
        with run.read() as actor:
            assert actor
            keys = list_labelled(actor, model=model, since=since, after=after, limit=CHUNK)
            show_predictions(actor=actor, prediction_ids=keys, purpose=TO_EXPORT)
            for label in list_labels(actor, keys):
                writer.write(label)
            after, found = keys[-1] if keys else after, len(keys)
        with run.step():
            run.done += found

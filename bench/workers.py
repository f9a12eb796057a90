"""What the workers of the benches are started on: the product's, with a bare task and a job that do nothing."""

from typing import Any

from bailiwick.config.celery import app
from bailiwick.kernel.base.manifest import JobKind

NOTHING = JobKind("bench.nothing", "Nothing", "bench.workers.do_nothing", time_limit=10, at_once=2)


@app.task(name="bench.nothing")
def nothing() -> None:
    """The floor: Celery alone."""


def do_nothing(run: Any) -> None:
    """The same as a job."""


@app.on_after_finalize.connect
def register(**_: Any) -> None:
    """Once the manifests can be read."""
    import django

    django.setup()
    from bailiwick.kernel.base.manifest import registry

    registry().jobs[NOTHING.code] = NOTHING

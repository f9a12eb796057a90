"""What jobs of insurance claims do."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from bailiwick.apps.claims.actions.events import apply_event, match_all
from bailiwick.apps.claims.actions.imports import CLAIMS, read_claim
from bailiwick.apps.claims.choices import Status
from bailiwick.apps.claims.queries.events import list_together
from bailiwick.apps.claims.values.events import Effect
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.imports.actions import import_rows
from bailiwick.kernel.jobs.running import Run

logger = structlog.get_logger(__name__)


@dataclass
class Together:
    """Events that this process has applied since it took some jobs together (`hold`)."""

    hold: int = 0
    events: set[UUID] = field(default_factory=set)

    def of(self, hold: int) -> set[UUID]:
        if hold != self.hold:
            self.hold, self.events = hold, set()
        return self.events


_together = Together()


def run_import(run: Run) -> dict[str, Any]:
    """Bring the claims of a file in."""
    return import_rows(CLAIMS, run, read_claim)


def apply_reported(run: Run) -> None:
    """Apply a reported event; an admission or a treatment together with those whose jobs were taken with its own."""
    event_id, applied = UUID(run.arguments["event"]), _together.of(run.hold)
    if event_id in applied:
        return
    try:
        effects = _apply(run, event_id, is_alone=run.attempt > 1)
    except DomainError:
        raise
    except Exception:  # noqa: BLE001  whatever is wrong with a neighbour must not hold up this one
        effects = _apply(run, event_id, is_alone=True)
    applied.update(effect.event_id for effect in effects)
    _tell(effects)


def _apply(run: Run, event_id: UUID, *, is_alone: bool) -> list[Effect]:
    """What was applied before has no second effect, so that a try that lost its job does no harm: no step is needed."""
    with run.read() as actor:
        ref = actor.ref if actor else _house(run).ref
        return apply_event(actor=ref, event_id=event_id, together=() if is_alone else list_together(run.hold))


def _tell(effects: list[Effect]) -> None:
    """In the published words: "2 claims UNDER_REVIEW", and whose they are."""
    for effect in effects:
        words = effect.claims or {Status.UNDER_REVIEW.value: 0}
        for word, count in words.items():
            logger.info(f"{count} claims {word.upper()}", event_id=str(effect.event_id), patient=str(effect.patient_id))


def match_parked(run: Run) -> dict[str, int]:
    """Queue what was parked and is known by now."""
    with run.step():
        return {"matched": match_all(_house(run))}


def _house(run: Run) -> Actor:
    """The organisation itself: for what nobody in particular does."""
    return Actor(run.organization_id, None, "", MemberKind.PROGRAM, Credential.SYSTEM)  # type: ignore[arg-type]

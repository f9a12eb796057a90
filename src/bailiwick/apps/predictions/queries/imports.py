"""Reading imports: my own, what became of their rows, and what would become of them."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from bailiwick.apps.predictions.manifest import INGEST_KEY, SUBMIT
from bailiwick.apps.predictions.models import Import, Prediction, RejectedRow, TakenRow
from bailiwick.apps.predictions.rules import identify, spell
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError, NotFound
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.reading import count_rows, read_rows
from bailiwick.kernel.tenancy.queries import get_secret

MOST_CHECKED = 10_000
CHUNK = 2_000
MOST_FAULTS = 10


@dataclass(slots=True)
class Fault:
    """A sentence that some rows would be rejected with, how many, and the first of them."""

    column: str
    sentence: str
    first_line: int
    count: int = 0


@dataclass(slots=True)
class Forecast:
    """What would become of a file: of its first `checked` rows, out of `total`."""

    total: int = 0
    checked: int = 0
    in_order: int = 0
    repeated: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return self.checked - self.in_order

    @property
    def created(self) -> int:
        return self.in_order - self.repeated

    @property
    def is_partial(self) -> bool:
        return self.checked < self.total


def list_imports(actor: Actor) -> QuerySet[Import]:
    """My imports, newest first."""
    rows = Import.objects.select_related("file", "job", "rejected_file").order_by("-id")
    return rows.filter(member_id=actor.member_id) if actor.may(SUBMIT) else rows.none()


def get_import(actor: Actor, import_id: UUID) -> Import:
    """One import of mine; raises NotFound."""
    found = list_imports(actor).filter(id=import_id).first()
    if found is None:
        raise NotFound
    return found


def lock_import(actor: Actor, import_id: UUID) -> Import:
    """One import of mine, for a change; raises NotFound."""
    found = list_imports(actor).select_for_update(of=("self",)).filter(id=import_id).first()
    if found is None:
        raise NotFound
    return found


def list_rejected(opened: Import) -> QuerySet[RejectedRow]:
    """The rows that were not in order, by line."""
    return RejectedRow.objects.filter(source=opened).select_related("source").order_by("id")


def list_taken(opened: Import) -> QuerySet[TakenRow]:
    """The rows that were stored or recognised, by line."""
    return TakenRow.objects.filter(source=opened).select_related("prediction").order_by("id")


Read = Callable[[Import, Mapping[str, Any]], NewPrediction]
Explain = Callable[[Import, DomainError], Mapping[str, list[str]]]


def forecast(actor: Actor, opened: Import, read: Read, explain: Explain) -> Forecast:
    """Read the beginning of a file without storing anything; raises Unreadable."""
    result, faults, seen = Forecast(), dict[tuple[str, str], Fault](), set[bytes]()
    with open_content(opened.file) as content:
        rows = islice(read_rows(content, opened.file.kind), MOST_CHECKED)
        while chunk := list(islice(rows, CHUNK)):
            news = []
            for row in chunk:
                try:
                    if row.fault:
                        _count(faults, {"row": [row.fault]}, row.number)
                    else:
                        news.append(read(opened, row.values))
                except DomainError as refusal:
                    _count(faults, explain(opened, refusal), row.number)
            result.checked += len(chunk)
            result.in_order += len(news)
            result.repeated += _count_known(actor, news, seen)
        content.seek(0)
        result.total = result.checked if result.checked < MOST_CHECKED else count_rows(content, opened.file.kind)
    result.faults = sorted(faults.values(), key=lambda fault: -fault.count)[:MOST_FAULTS]
    return result


def _count(faults: dict[tuple[str, str], Fault], errors: Mapping[str, list[str]], line: int) -> None:
    for column, sentences in errors.items():
        for sentence in sentences:
            faults.setdefault((column, sentence), Fault(column, sentence, line)).count += 1


def _count_known(actor: Actor, news: Sequence[NewPrediction], seen: set[bytes]) -> int:
    """How many were there before, or come twice in the file."""
    key, member_id = get_secret(INGEST_KEY), str(actor.member_id)
    given = Counter(identify(key, member_id, new, spell(new))[0] for new in news)
    fresh = given.keys() - seen
    known = set(map(bytes, Prediction.objects.filter(identity__in=fresh).values_list("identity", flat=True)))
    seen |= given.keys()
    return sum(given.values()) - len(fresh - known)

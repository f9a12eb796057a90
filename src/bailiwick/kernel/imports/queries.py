"""Reading imports: my own, what became of their rows, and what would become of them."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Any, BinaryIO
from uuid import UUID

from django.db.models import QuerySet

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError, NotFound
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.reading import Row, count_rows, read_head, read_rows
from bailiwick.kernel.imports.models import AbstractImport
from bailiwick.kernel.imports.rules import errors_of, find_apart, group_rows, in_chunks, preview, read_groups
from bailiwick.kernel.imports.values import Fault, Forecast, Importer, Previewed, Read

MOST_CHECKED = 10_000
CHUNK = 2_000
MOST_FAULTS = 10


def list_imports(importer: Importer, actor: Actor) -> QuerySet[Any]:
    """My imports, newest first."""
    rows = importer.model.objects.select_related("file", "job", "rejected_file").order_by("-id")
    return rows.filter(member_id=actor.member_id) if actor.may(importer.right) else rows.none()


def get_import(importer: Importer, actor: Actor, import_id: UUID) -> Any:
    """One import of mine; raises NotFound."""
    found = list_imports(importer, actor).filter(id=import_id).first()
    if found is None:
        raise NotFound
    return found


def lock_import(importer: Importer, actor: Actor, import_id: UUID) -> Any:
    """One import of mine, for a change; raises NotFound."""
    found = list_imports(importer, actor).select_for_update(of=("self",)).filter(id=import_id).first()
    if found is None:
        raise NotFound
    return found


def list_rejected(importer: Importer, opened: AbstractImport) -> QuerySet[Any]:
    """The rows that were not in order, by line."""
    return importer.rejected_model.objects.filter(source=opened).select_related("source").order_by("id")


def list_taken(importer: Importer, opened: AbstractImport) -> QuerySet[Any]:
    """What was stored or recognised, by line."""
    return importer.taken_model.objects.filter(source=opened).select_related(importer.kept_as).order_by("id")


def preview_file(importer: Importer, opened: AbstractImport, read: Read, rows: int) -> list[Previewed]:
    """The first rows as they would be read. What they go together with is read whole; raises Unreadable."""
    with open_content(opened.file) as content:
        head = read_head(content, opened.file.kind, rows).rows
        if not head:
            return []
        content.seek(0)
        groups = group_rows(importer, opened, read_rows(content, opened.file.kind))
        first = takewhile(lambda group: group[0].number <= head[-1].number, groups)
        return [preview(importer, opened, group, read) for group in first]


def forecast(importer: Importer, actor: Actor, opened: AbstractImport, read: Read) -> Forecast:
    """Read the beginning of a file without storing anything; raises Unreadable."""
    result, faults, seen = Forecast(), dict[tuple[str, str], Fault](), set[Hashable]()
    with open_content(opened.file) as content:
        apart = survey(importer, opened, content, MOST_CHECKED)[1]
        content.seek(0)
        groups = group_rows(importer, opened, read_rows(content, opened.file.kind))
        for chunk in in_chunks(groups, CHUNK):
            told = read_groups(importer, opened, chunk, read, apart)
            news = [new for _group, new in told if not isinstance(new, DomainError)]
            keys = importer.identify(actor, opened, news)
            refused = [*_refused(told, keys)]
            for group, refusal in refused:
                _count(faults, importer, opened, group, refusal)
            result.checked += sum(map(len, chunk))
            result.in_order += len(chunk) - len(refused)
            result.rejected += len(refused)
            result.repeated += _count_known(importer, actor, keys, seen)
            if result.checked >= MOST_CHECKED:
                break
        content.seek(0)
        result.total = result.checked if result.checked < MOST_CHECKED else count_rows(content, opened.file.kind)
    result.faults = sorted(faults.values(), key=lambda fault: -fault.count)[:MOST_FAULTS]
    return result


def survey(
    importer: Importer, opened: AbstractImport, content: BinaryIO, most: int | None = None
) -> tuple[int, set[Any]]:
    """How many rows a file has, or its beginning, and the keys whose rows do not stand together; raises Unreadable."""
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in islice(read_rows(content, opened.file.kind), most):
            count += 1
            yield row

    if importer.key_of(opened) is None:
        return (0 if most else count_rows(content, opened.file.kind)), set()
    apart = find_apart(importer, opened, group_rows(importer, opened, counted()))
    return count, apart


def _refused(
    read_groups: Sequence[tuple[Sequence[Row], Any]], keys: Sequence[Hashable | DomainError]
) -> "list[tuple[Sequence[Row], DomainError]]":
    """Groups that cannot be read, and those that would be refused."""
    following = iter(keys)
    told = [(group, new if isinstance(new, DomainError) else next(following)) for group, new in read_groups]
    return [(group, each) for group, each in told if isinstance(each, DomainError)]


def _count(
    faults: dict[tuple[str, str], Fault],
    importer: Importer,
    opened: AbstractImport,
    group: Sequence[Row],
    refusal: DomainError,
) -> None:
    for row, errors in zip(group, errors_of(importer, opened, group, refusal), strict=True):
        for column, sentences in errors.items():
            for sentence in sentences:
                faults.setdefault((column, sentence), Fault(column, sentence, row.number)).count += 1


def _count_known(importer: Importer, actor: Actor, keys: Sequence[Hashable | DomainError], seen: set[Hashable]) -> int:
    """How many were there before, or come twice in the file."""
    given = Counter(key for key in keys if not isinstance(key, DomainError))
    fresh = given.keys() - seen
    known = importer.find_known(actor, list(fresh))
    seen |= given.keys()
    return sum(given.values()) - len(fresh - known)

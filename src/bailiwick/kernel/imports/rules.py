"""How rows go together, and where a sentence about them stands."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.reading import Row
from bailiwick.kernel.imports.values import Errors, Importer, Previewed, Read

MOST_TOGETHER = 2000
"""Rows that may become one thing."""


def group_rows(importer: Importer, opened: Any, rows: Iterator[Row]) -> Iterator[Sequence[Row]]:
    """The rows that become one thing each; raises Unreadable as `group_by` does."""
    key_of = importer.key_of(opened)
    return group_by(rows, key_of) if key_of else ((row,) for row in rows)


def group_by(rows: Iterator[Row], key_of: Callable[[Mapping[str, Any]], Any]) -> Iterator[list[Row]]:
    """Rows that stand together and have one key.

    A row that cannot be read may belong to what is before it or after it: all three go together, and are refused
    together. Raises Unreadable where too many do.
    """
    group: list[Row] = []
    key: Any = None
    for row in rows:
        own = None if row.fault else key_of(row.values)
        if group and own != key and not (row.fault or group[-1].fault):
            yield group
            group = []
        group.append(row)
        key = own
        if len(group) > MOST_TOGETHER:
            text = _("From line %(line)d on more than %(rows)d rows go together, or cannot be read.")
            raise Unreadable(text % {"line": group[0].number, "rows": MOST_TOGETHER})
    if group:
        yield group


def in_chunks(groups: Iterable[Sequence[Row]], most: int) -> Iterator[list[Sequence[Row]]]:
    """Groups until they have so many rows; none is cut."""
    chunk: list[Sequence[Row]] = []
    rows = 0
    for group in groups:
        chunk.append(group)
        rows += len(group)
        if rows >= most:
            yield chunk
            chunk, rows = [], 0
    if chunk:
        yield chunk


def find_apart(importer: Importer, opened: Any, groups: Iterable[Sequence[Row]]) -> set[Any]:
    """The keys under which rows that are not the same stand in several places; keys and rows are held as numbers."""
    key_of = importer.key_of(opened)
    held: dict[int, int] = {}
    apart: set[Any] = set()
    for group in groups if key_of else ():
        if key_of and not any(row.fault for row in group) and (key := key_of(group[0].values)):
            said = hash(tuple(tuple(map(str, row.values.values())) for row in group))
            if held.setdefault(hash(key), said) != said:
                apart.add(key)
    return apart


def read_groups(
    importer: Importer, opened: Any, groups: Sequence[Sequence[Row]], read: Read, apart: Container[Any]
) -> list[tuple[Sequence[Row], Any]]:
    """Each group with what it says, or the refusal: of those whose rows do not stand together all are refused."""
    key_of = importer.key_of(opened)
    said = _("Rows that belong with this one stand elsewhere in the file. Sort the file and give it again.")
    return [
        (group, InvalidInput({"row": [said]}))
        if key_of and key_of(group[0].values) in apart
        else (group, read_group(opened, group, read))
        for group in groups
    ]


def read_group(opened: Any, group: Sequence[Row], read: Read) -> Any:
    """What the rows say together, or the refusal."""
    try:
        if any(row.fault for row in group):
            raise InvalidInput({"row": []})
        return read(opened, [row.values for row in group])
    except DomainError as refusal:
        return refusal


def errors_of(importer: Importer, opened: Any, group: Sequence[Row], refusal: DomainError) -> list[Errors]:
    """Of each row of a refused group the sentences by their columns; none is left without one."""
    errors: list[Errors] = [{"row": [row.fault]} if row.fault else {} for row in group]
    for name, sentences in importer.explain(refusal).items():
        if sentences:
            row, column = importer.place(opened, name)
            errors[min(row, len(group) - 1)].setdefault(column, []).extend(map(str, sentences))
    for each in errors:
        if not each:
            each["row"] = [_("Another row that belongs with this one is not in order.")]
    return errors


def preview(importer: Importer, opened: Any, group: Sequence[Row], read: Read) -> Previewed:
    """What would become of one group."""
    new = read_group(opened, group, read)
    if not isinstance(new, DomainError):
        return Previewed(group[0].number, new)
    errors: Errors = {}
    for each in errors_of(importer, opened, group, new):
        for column, sentences in each.items():
            errors.setdefault(column, []).extend(each for each in sentences if each not in errors.get(column, ()))
    return Previewed(group[0].number, errors=errors)

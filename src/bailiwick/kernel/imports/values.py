"""What an app says of its imports, and what is said of a file."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Protocol
from uuid import UUID

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import DomainError, InvalidInput

if TYPE_CHECKING:
    from bailiwick.kernel.imports.models import AbstractImport, AbstractRejectedRow, AbstractTakenRow

ERRORS = "errors"
"""The column that a file of rejected rows has more; it is not read."""

Errors = dict[str, list[str]]
"""Sentences, by the column that they are about."""
Read = Callable[[Any, Sequence[Mapping[str, Any]]], Any]
"""How a group of rows is read: given the import and what stands in each row; raises a DomainError."""


class Outcome(Protocol):
    """What became of one group: stored, recognised (then it is not new), or refused."""

    @property
    def id(self) -> UUID | None: ...

    @property
    def is_new(self) -> bool: ...

    @property
    def refusal(self) -> DomainError | None: ...


class Importer(ABC):
    """What an app says of its imports. How a group is read is given beside it, for doors alone may know serializers.

    `app` is the namespace of its pages and verbs, `code` the kind of its job and the purpose of its files, `kept_as`
    the column of `taken_model` that names what was stored, `chunk` as many rows as one transaction takes.
    """

    app: ClassVar[str]
    code: ClassVar[str]
    right: ClassVar[str]
    model: "ClassVar[type[AbstractImport]]"
    taken_model: "ClassVar[type[AbstractTakenRow]]"
    rejected_model: "ClassVar[type[AbstractRejectedRow]]"
    kept_as: ClassVar[str]
    chunk: int = 2000
    required: ClassVar[Mapping[str, Any]] = {}
    """The fields that need a column, each with the sentence that asks for it."""

    @abstractmethod
    def guess(self, columns: Sequence[str], kind: str) -> dict[str, Any]:
        """How a file with these columns is read: values of the import's own columns."""

    def choose(self, mapping: Mapping[str, str]) -> dict[str, Any]:
        """The same, where somebody said which column is which field."""
        return {"mapping": mapping}

    @abstractmethod
    def has_objects(self, opened: Any) -> bool:
        """Whether rows are objects as the API takes them, so that no column is asked for."""

    def key_of(self, opened: Any) -> Callable[[Mapping[str, Any]], Any] | None:
        """By what rows that stand together are known to become one thing; None where each is alone."""
        return None

    @abstractmethod
    def place(self, opened: Any, name: str) -> tuple[int, str]:
        """In which row of its group, from 0, and over which column the error of a field stands."""

    def explain(self, refusal: DomainError) -> Mapping[str, list[str]]:
        """The sentences of a refusal, by field; by "row" where they are about the whole."""
        return refusal.fields if isinstance(refusal, InvalidInput) else {"row": [str(refusal)]}

    @abstractmethod
    def store(self, actor: Actor, opened: Any, news: Sequence[Any]) -> Sequence[Outcome]:
        """Store what was read from one chunk, in the caller's transaction, and say what became of each, in order."""

    @abstractmethod
    def identify(self, actor: Actor, opened: Any, news: Sequence[Any]) -> Sequence[Hashable | DomainError]:
        """Of what was read: under what each is recognised when it comes again, or why it would be refused."""

    @abstractmethod
    def find_known(self, actor: Actor, keys: Sequence[Any]) -> set[Hashable]:
        """Those keys under which something is stored."""


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
    rejected: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def created(self) -> int:
        return self.in_order - self.repeated

    @property
    def is_partial(self) -> bool:
        return self.checked < self.total


@dataclass(frozen=True, slots=True)
class Previewed:
    """A group of rows as it would be read, or why it would not be."""

    line: int
    read: Any = None
    errors: Mapping[str, list[str]] | None = None

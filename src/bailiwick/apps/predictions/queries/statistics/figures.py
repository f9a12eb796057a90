"""What was counted, in the shape in which it is told: every share with the number of cases behind it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from bailiwick.apps.predictions.choices import State, Verdict
from bailiwick.apps.predictions.queries.records import Who
from bailiwick.apps.predictions.rules.agreement import (
    cohens_kappa,
    count_units,
    gwets_ac1,
    krippendorffs_alpha,
    percent_agreement,
)
from bailiwick.apps.predictions.rules.calibration import BINS, Bin, brier_score, calibration_error
from bailiwick.apps.predictions.rules.intervals import Share

VERDICTS = tuple(Verdict.values)


@dataclass(frozen=True, slots=True)
class Cell:
    """Decided predictions that have all of this in common; sums of confidence as the tallies have them."""

    is_sampled: bool
    model_id: UUID | None
    bin: int | None
    verdict: str
    final: str
    is_changed: bool
    n: int
    stated: float
    squares: float


@dataclass(frozen=True, slots=True)
class Model:
    """A version of a model; without an id, what was submitted without naming one."""

    id: UUID | None
    name: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


@dataclass(frozen=True, slots=True)
class ReasonFigures:
    """What was finally said of one reason: where the model gave it, and where people added it."""

    code: int
    title: str
    confirmed: int = 0
    overridden: int = 0
    added: int = 0

    @property
    def accuracy(self) -> Share:
        return Share(self.confirmed, self.confirmed + self.overridden)


@dataclass(frozen=True)
class Quality:
    """How good the models are by the final verdicts of people on some decided predictions."""

    cells: Sequence[Cell]
    reasons: Sequence[ReasonFigures] = ()
    models: Mapping[UUID | None, Model] = field(default_factory=dict)

    @cached_property
    def accuracy(self) -> Share:
        """Predictions whose final verdict is the model's."""
        return Share(
            sum(each.n for each in self.cells if each.verdict == each.final), sum(each.n for each in self.cells)
        )

    @property
    def unchanged(self) -> int:
        """Predictions of which people left everything as it was: the verdict and each reason."""
        return sum(each.n for each in self.cells if not each.is_changed)

    def count(self, verdict: str, final: str) -> int:
        """Predictions of which the model said one thing, and people finally the other."""
        return sum(each.n for each in self.cells if (each.verdict, each.final) == (verdict, final))

    @cached_property
    def bins(self) -> list[Bin]:
        """Those that came with a confidence, by how high it was."""
        return [self._bin(number, [each for each in self.cells if each.bin == number]) for number in range(BINS)]

    @staticmethod
    def _bin(number: int, cells: Sequence[Cell]) -> Bin:
        return Bin(
            number,
            sum(each.n for each in cells),
            sum(each.n for each in cells if each.verdict == each.final),
            sum(each.stated for each in cells),
            sum(each.squares for each in cells),
        )

    @property
    def stated(self) -> int:
        """How many came with a confidence."""
        return sum(each.n for each in self.bins)

    @property
    def brier(self) -> float | None:
        return brier_score(self.bins)

    @property
    def calibration_error(self) -> float | None:
        return calibration_error(self.bins)

    @cached_property
    def by_model(self) -> list[tuple[Model, "Quality"]]:
        keys = {each.model_id for each in self.cells}
        found = [(self.models[key], Quality([c for c in self.cells if c.model_id == key])) for key in keys]
        return sorted(found, key=lambda each: (each[0].name, each[0].version))


@dataclass(frozen=True, slots=True)
class Reviewer:
    """What one member did: opinions given, seconds over them, whether others said the same, answers that are known."""

    who: Who
    opinions: int
    seconds: int
    agreement: Share
    gold: Share

    @property
    def seconds_each(self) -> float | None:
        return self.seconds / self.opinions if self.opinions else None


@dataclass(frozen=True)
class Agreement:
    """Two opinions each on the same predictions, given apart: `table[first][second]` counts verdicts."""

    table: Sequence[Sequence[int]]

    @cached_property
    def _patterns(self) -> dict[tuple[int, ...], int]:
        found: Counter[tuple[int, ...]] = Counter()
        for one, row in enumerate(self.table):
            for other, units in enumerate(row):
                found[tuple((one == place) + (other == place) for place in range(len(self.table)))] += units
        return dict(found)

    @property
    def n(self) -> int:
        return count_units(self._patterns)

    @property
    def agreed(self) -> Share:
        return Share(sum(row[place] for place, row in enumerate(self.table)), self.n)

    @property
    def percent(self) -> float | None:
        return percent_agreement(self._patterns)

    @property
    def alpha(self) -> float | None:
        return krippendorffs_alpha(self._patterns)

    @property
    def ac1(self) -> float | None:
        return gwets_ac1(self._patterns)

    @property
    def kappa(self) -> float | None:
        return cohens_kappa(self.table)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members who gave opinions on the same predictions; rows are the verdicts of `one`."""

    one: Who
    other: Who
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Age:
    """Undecided predictions of which an opinion has been asked for since one of some days; None is without an end."""

    first: date | None
    last: date | None
    n: int


@dataclass(frozen=True, slots=True)
class Work:
    """What is still to be decided, now."""

    by_state: Mapping[State, int]
    ages: Sequence[Age]
    oldest: datetime | None
    held_by_me: int

    @property
    def n(self) -> int:
        return sum(self.by_state.values())


@dataclass(frozen=True, slots=True)
class Day:
    """What was decided on one day: left as the model said, and otherwise."""

    day: date
    confirmed: int
    overridden: int

    @property
    def n(self) -> int:
        return self.confirmed + self.overridden


@dataclass(frozen=True)
class Statistics:
    """Everything that is told of one scope, as of one moment. The random sample is kept apart from all the rest."""

    as_of: datetime
    work: Work
    days: Sequence[Day]
    sampled: Quality
    other: Quality
    agreement: Agreement
    pairs: Sequence[Pair]
    reviewers: Sequence[Reviewer]
    mine: int

    @property
    def decided(self) -> int:
        return self.sampled.accuracy.n + self.other.accuracy.n


def table_of(counted: Iterable[tuple[str, str, int]]) -> list[list[int]]:
    """Verdicts against verdicts, in the order of VERDICTS."""
    table = [[0] * len(VERDICTS) for _ in VERDICTS]
    for one, other, n in counted:
        table[VERDICTS.index(one)][VERDICTS.index(other)] += n
    return table


def pairs_of(rows: Iterable[tuple[UUID, UUID, str, str, int]], name: Callable[[UUID], Who]) -> list[Pair]:
    """Who judged beside whom, whichever of the two was asked first; in the order of their names."""
    found: dict[tuple[UUID, UUID], list[tuple[str, str, int]]] = {}
    for first_id, second_id, first, second, n in rows:
        one, other = sorted((first_id, second_id), key=lambda each: (name(each).name, str(each)))
        verdicts = (first, second) if one == first_id else (second, first)
        found.setdefault((one, other), []).append((*verdicts, n))
    pairs = [Pair(name(one), name(other), Agreement(table_of(rows))) for (one, other), rows in found.items()]
    return sorted(
        (pair for pair in pairs if pair.agreement.n), key=lambda pair: (pair.one.name, pair.other.name, pair.one.id)
    )

"""Who is there, and what somebody may try, in sequences that are drawn."""

from dataclasses import dataclass
from math import inf
from uuid import UUID

from hypothesis import strategies as st

from bailiwick.kernel.access.tests.book import MANAGE, Book, Entry
from bailiwick.kernel.access.tests.giving import CHECK, CHECKER, DO, DOER, PAY, TRUSTED
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization

ROLES, RIGHTS = (DOER, CHECKER, TRUSTED), (DO, CHECK, PAY)
CONTENTS = {DOER: {DO}, CHECKER: {CHECK}, TRUSTED: {DO}, "administrator": {MANAGE}}
PEOPLE = (0, 1, 2, 3)
"""Those of each organisation who begin with nothing; 4 and 5 manage access; 6 and 7 are things."""
MANAGERS, THINGS, EACH = (4, 5), (6, 7), 8


@dataclass(frozen=True)
class World:
    """Two organisations; whoever is number n in the first is n + 8 in the second."""

    organizations: list[Organization]
    members: list[Member]
    managing: list[UUID]

    def book(self) -> Book:
        houses = range(len(self.organizations))
        managers = [number + EACH * house for house in houses for number in MANAGERS]
        return Book(
            place={number: number // EACH for number in range(len(self.members))},
            contents={(house, role): frozenset(CONTENTS[role]) for house in houses for role in CONTENTS},
            needs_two={(house, role): role == TRUSTED for house in houses for role in CONTENTS},
            entries=[
                Entry(number, "administrator", None, -inf, inf, None, row=row)
                for number, row in zip(managers, self.managing, strict=True)
            ],
        )


WHAT = {
    "give": 4,
    "pass_on": 8,
    "deputise": 3,
    "end": 3,
    "approve": 5,
    "take_back": 1,
    "edit": 2,
    "leave": 1,
    "wait": 3,
}


@dataclass(frozen=True)
class Step:
    """One thing that somebody tries, `who` and `whom` being of the `house`, unless `is_far`.

    `begins` and `ends` are in hours from then; `which` picks a grant; `is_odd` tries what seldom fits.
    """

    what: str = "give"
    house: int = 0
    who: int = MANAGERS[0]
    whom: int = 0
    role: str = DOER
    thing: int | None = None
    begins: int | None = None
    ends: int | None = None
    which: int = 0
    rights: frozenset[str] = frozenset()
    needs_two: bool | None = None
    is_passable: bool = True
    is_odd: bool = False
    is_far: bool = False


FIRST = (
    Step(whom=0, ends=4),
    Step(whom=1, thing=THINGS[0]),
    Step(whom=2, role=TRUSTED),
    Step(whom=2, role=CHECKER, thing=THINGS[1]),
    Step(whom=3, role=TRUSTED),
    Step(what="approve", which=3),
    Step(whom=3, role=TRUSTED, thing=THINGS[0]),
    Step(what="deputise", whom=1, ends=4),
)
"""What people have from the beginning: some of it waits, some of that can never be approved, one is a deputy."""
seldom = st.sampled_from((False,) * 9 + (True,))
# Most of what is drawn is in order: a sequence of refusals would prove nothing.
steps = st.builds(
    Step,
    what=st.sampled_from([what for what, times in WHAT.items() for _time in range(times)]),
    house=st.sampled_from((0, 0, 0, EACH)),
    who=st.sampled_from(PEOPLE + MANAGERS),
    whom=st.sampled_from(PEOPLE),
    role=st.sampled_from(ROLES),
    thing=st.sampled_from((None, None, *THINGS)),
    begins=st.sampled_from((None, None, None, -1, 1)),
    ends=st.sampled_from((None, None, 1, 2, 4)),
    which=st.integers(0, 30),
    rights=st.frozensets(st.sampled_from(RIGHTS)),
    needs_two=st.sampled_from((None, None, True, False)),
    is_passable=st.sampled_from((True, True, False)),
    is_odd=st.sampled_from((False, False, False, True)),
    is_far=seldom,
)

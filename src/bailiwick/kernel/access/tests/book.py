"""What members may, worked out from what was done: kept apart from the product, and by other means.

Nothing is ended here because something above it ended: whoever asks walks up the chain each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from uuid import UUID

MANAGE = "access.manage"
APART = ("tests.check", "tests.do")


@dataclass(eq=False)
class Entry:
    """One grant. Members and things are numbers; without a thing it is over the whole organisation."""

    member: int
    role: str
    thing: int | None
    begins: float
    ends: float
    by: int | None
    above: "Entry | None" = None
    is_passable: bool = False
    is_deputy: bool = False
    is_approved: bool = True
    has_ended: bool = False
    row: UUID | None = None

    def chain(self) -> Iterator["Entry"]:
        each: Entry | None = self
        while each is not None:
            yield each
            each = each.above

    @property
    def stands(self) -> bool:
        return all(each.is_approved and not each.has_ended for each in self.chain())

    def counts(self, time: float) -> bool:
        return self.stands and all(each.begins <= time < each.ends for each in self.chain())

    def is_over(self, thing: int | None) -> bool:
        return all(each.thing in (None, thing) for each in self.chain())

    def meets(self, other: "Entry") -> bool:
        in_time = max(self.begins, other.begins) < min(self.ends, other.ends)
        return in_time and (self.thing is None or other.thing is None or self.thing == other.thing)


@dataclass
class Book:
    """`place` says of members and things whose they are; `contents` and `needs_two` are by organisation and role."""

    place: dict[int, int]
    contents: dict[tuple[int, str], frozenset[str]]
    needs_two: dict[tuple[int, str], bool]
    entries: list[Entry] = field(default_factory=list)
    away: set[int] = field(default_factory=set)
    time: float = 0.0

    def inside(self, entry: Entry) -> frozenset[str]:
        return self.contents[self.place[entry.member], entry.role]

    def rights(self, member: int, thing: int | None = None) -> set[str]:
        """What a member may now over a thing, or over all of their organisation."""
        held = [each for each in self.entries if each.member == member and each.is_over(thing)]
        rights = {right for each in held if each.counts(self.time) for right in self.inside(each)}
        return set() if member in self.away else rights

    def manages(self, member: int, *, besides: frozenset[int | None] = frozenset(), as_deputy: bool = False) -> bool:
        """Whether by a grant over everything; a deputy's only where asked for, and not from some principals."""
        return any(
            each.member == member
            and each.thing is None
            and each.counts(self.time)
            and MANAGE in self.inside(each)
            and (not each.is_deputy or (as_deputy and each.above is not None and each.above.member not in besides))
            for each in self.entries
        )

    def joins(self, entry: Entry) -> bool:
        """Whether a grant beside the others of its member would join two rights that are kept apart."""
        others = [each for each in self.entries if each.member == entry.member and each is not entry and each.stands]
        alive = [each for each in others if each.ends > self.time and each.meets(entry)]
        return any(
            (one in self.inside(entry) and other in self.inside(each))
            for each in [*alive, entry]
            for one, other in (APART, APART[::-1])
        )

    def joined(self) -> bool:
        return any(each.stands and each.ends > self.time and self.joins(each) for each in self.entries)

    def above(self, wanted: Entry) -> Entry | None:
        """From what it would be passed on: of several what lasts longest, then what was there first."""
        fitting = [
            each
            for each in self.entries
            if (each.member, each.role) == (wanted.by, wanted.role)
            and each.is_passable
            and each.counts(self.time)
            and each.thing in (None, wanted.thing)
            and each.begins <= wanted.begins
            and wanted.ends <= each.ends
        ]
        return max(fitting, key=lambda each: each.ends, default=None)

    def repeats(self, wanted: Entry) -> Entry | None:
        """What is given again, from now on and without an end, in all the same."""
        for each in self.entries:
            is_there = not each.has_ended and each.begins <= self.time and wanted.ends == each.ends == inf
            if is_there and not each.is_deputy and _key(each) == _key(wanted):
                return each
        return None

    def give(self, wanted: Entry) -> Entry | None:
        """The grant that comes of it, or None where it is refused."""
        house, giver = self.place[wanted.member], wanted.by
        if giver is None or house != self.place[giver] or wanted.member in self.away:
            return None
        if (wanted.thing is not None and self.place[wanted.thing] != house) or wanted.ends <= wanted.begins:
            return None
        if not self.manages(giver):
            wanted.above = self.above(wanted)
            if wanted.above is None:
                return None
        if wanted.begins == self.time and (same := self.repeats(wanted)):
            return same
        return self.enter(wanted)

    def enter(self, wanted: Entry) -> Entry | None:
        if self.joins(wanted):
            return None
        wanted.is_approved = not self.needs_two[self.place[wanted.member], wanted.role]
        self.entries.append(wanted)
        return wanted

    def deputise(self, principal: int, deputy: int, ends: float) -> list[Entry] | None:
        if principal == deputy or self.place[principal] != self.place[deputy] or deputy in self.away:
            return None
        own = [each for each in self.entries if each.member == principal and not each.is_deputy]
        before, given = len(self.entries), []
        for each in [each for each in own if each.counts(self.time)]:
            wanted = Entry(deputy, each.role, each.thing, self.time, min(ends, each.ends), principal, each)
            wanted.is_deputy = True
            if any(held.above is each and held.member == deputy and self.spans(held, wanted) for held in self.entries):
                continue
            if self.enter(wanted) is None:
                del self.entries[before:]
                return None
            given.append(wanted)
        return given

    def spans(self, held: Entry, wanted: Entry) -> bool:
        return held.is_deputy and not held.has_ended and held.begins <= wanted.begins and wanted.ends <= held.ends

    def may_end(self, entry: Entry, by: int) -> bool:
        return self.place[by] == self.place[entry.member] and (entry.by == by or MANAGE in self.rights(by))

    def approve(self, entry: Entry, by: int) -> bool:
        """Whether it is approved by that: one who did neither give nor get it, and whose right is not from who did."""
        if self.place[by] != self.place[entry.member] or MANAGE not in self.rights(by):
            return False
        if entry.is_approved:
            return True
        others = frozenset({entry.by, entry.member})
        if by in others or not self.manages(by, besides=others, as_deputy=True):
            return False
        is_over = entry.has_ended or entry.ends <= self.time or entry.member in self.away
        if is_over or (entry.above is not None and not entry.above.stands) or self.joins(entry):
            return False
        entry.is_approved = True
        return True

    def edit(self, by: int, role: str, rights: frozenset[str], needs_two: bool | None) -> bool:
        """Whether it is done: by who manages access themselves, and nobody holds two rights kept apart by it."""
        key = self.place[by], role
        before, self.contents[key] = self.contents[key], rights
        if not self.manages(by) or rights.issuperset(APART) or self.joined():
            self.contents[key] = before
            return False
        self.needs_two[key] = self.needs_two[key] if needs_two is None else needs_two
        return True

    def take_back(self, principal: int, deputy: int) -> None:
        for entry in self.entries:
            if entry.is_deputy and entry.member == deputy and entry.above and entry.above.member == principal:
                entry.has_ended = True

    def leave_or_come_back(self, member: int) -> None:
        """With whoever leaves ends what they passed on; what they had themselves waits for them."""
        self.away ^= {member}
        for entry in self.entries:
            if member in self.away and entry.above and entry.above.member == member:
                entry.has_ended = True


def _key(entry: Entry) -> tuple[object, ...]:
    return entry.member, entry.role, entry.thing, entry.by, entry.is_passable, entry.above

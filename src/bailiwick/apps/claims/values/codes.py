"""Codes as an organisation has loaded them, and what is wrong with those of a claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.values.cases import CodeFacts

Named = tuple[str, str]
"""A code and its title."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Something that a claim is returned for: X12's status category and code (277CA, STC01), where, and in words.

    `release` says by which list it was judged, `right` what would be right: codes with their titles. `line` counts
    from 1.
    """

    code: str
    field: str
    message: str
    line: int | None = None
    release: str = ""
    right: tuple[Named, ...] = ()

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"code": self.code, "field": self.field, "message": self.message}
        right = [{"code": code, "title": title} for code, title in self.right]
        more = {"line": self.line, "release": self.release, "right": right}
        return said | {name: value for name, value in more.items() if value}


@dataclass(frozen=True, slots=True)
class Release:
    """One loaded list of a system, and from when until when it is the one to ask."""

    id: UUID
    system: str
    name: str
    valid_from: date
    valid_until: date | None = None

    @property
    def label(self) -> str:
        return f"{CodeSystem(self.system).label} {self.name}"

    def covers(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Entry:
    """A code in a release; some lists date their entries themselves."""

    facts: CodeFacts
    valid_from: date | None = None
    valid_until: date | None = None

    def covers(self, on: date) -> bool:
        return (self.valid_from or date.min) <= on <= (self.valid_until or date.max)


@dataclass(frozen=True, slots=True)
class CodeBook:
    """What the organisation's lists say of some codes. `releases` of a system are the newest first.

    `below` has the billable codes that begin as another does, by release and that other.
    """

    releases: Mapping[str, tuple[Release, ...]] = field(default_factory=dict)
    entries: Mapping[tuple[UUID, str], Entry] = field(default_factory=dict)
    below: Mapping[tuple[UUID, str], tuple[Named, ...]] = field(default_factory=dict)

    def release_on(self, system: str, on: date) -> Release | None:
        """The list to ask on a day; None where codes of the system are judged by their form alone."""
        return next((release for release in self.releases.get(system, ()) if release.covers(on)), None)

    def find(self, release: Release, code: str, on: date) -> CodeFacts | None:
        """What a list says of a code on a day; None where it does not have it then."""
        entry = self.entries.get((release.id, code))
        return entry.facts if entry is not None and entry.covers(on) else None

    def look_up(self, system: str, code: str, on: date) -> CodeFacts | None:
        """What the list of a day says of a code; None without such a list too."""
        release = self.release_on(system, on)
        return self.find(release, code, on) if release else None

    def find_elsewhere(self, system: str, code: str) -> str:
        """The label of another list that has a code; "" where none has."""
        return next(
            (release.label for release in self.releases.get(system, ()) if (release.id, code) in self.entries), ""
        )


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A list that an organisation loads: which, from when until when it holds, and where it comes from."""

    system: str
    name: str
    valid_from: date
    source: str
    valid_until: date | None = None
    licence: str = ""


@dataclass(frozen=True, slots=True)
class NewCode:
    """One entry of it; `facts` are those of `models.Code`."""

    code: str
    title: str = ""
    is_billable: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)

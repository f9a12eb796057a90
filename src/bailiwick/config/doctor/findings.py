"""What was found: one line each."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: what is bad loses data, shows it to others, or stops work."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how to mend it."""

    level: Level
    sentence: str
    remedy: str = ""

    def __str__(self) -> str:
        told = f"{self.sentence} → {self.remedy}" if self.remedy else self.sentence
        return f"{self.level:<5} {told}"


def ok(sentence: str) -> Finding:
    return Finding(Level.OK, sentence)


def warn(sentence: str, remedy: str) -> Finding:
    return Finding(Level.WARN, sentence, remedy)


def bad(sentence: str, remedy: str) -> Finding:
    return Finding(Level.BAD, sentence, remedy)

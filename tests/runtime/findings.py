"""What the doctor found, for tests."""

from collections.abc import Iterable

from bailiwick.config.doctor.findings import Finding, Level


def told(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Level and sentence of what is not well; everything that is not well has a remedy."""
    found = [each for each in findings if each.level is not Level.OK]
    assert all(each.remedy for each in found)
    return [(each.level.value, each.sentence) for each in found]


def only(findings: Iterable[Finding]) -> tuple[str, str]:
    [found] = told(findings)
    return found

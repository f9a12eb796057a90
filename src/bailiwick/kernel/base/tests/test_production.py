"""A production start is refused while anything is meant for a developer's machine."""

from typing import Any

import pytest
from django.core.checks import run_checks

SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECRET_KEY": "b7Yq2mX9wLr4TzKcV8nPd3HsJf6GaEu1QoRiWtCyMxZkNvBhLp",
    "ALLOWED_HOSTS": ["bailiwick.example"],
    "DEMO_DATA": False,
}


def refusals(settings: Any, **changes: Any) -> set[str]:
    for name, value in (SAFE | changes).items():
        setattr(settings, name, value)
    return {problem.id for problem in run_checks() if problem.id and problem.id.startswith("base.")}


def test_a_safe_start_is_let_through(settings: Any) -> None:
    assert refusals(settings) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DEBUG": True}, "base.E001"),
        ({"SECRET_KEY": "short"}, "base.E002"),
        ({"SECRET_KEY": "django-insecure-" + "x" * 50}, "base.E002"),
        ({"ALLOWED_HOSTS": []}, "base.E003"),
        ({"ALLOWED_HOSTS": ["*"]}, "base.E003"),
        ({"ALLOWED_HOSTS": ["*.example"]}, "base.E003"),
        ({"DEMO_DATA": True}, "base.E004"),
        ({"DATABASE_URL": ""}, "base.E005"),
        ({"REDIS_URL": ""}, "base.E006"),
    ],
)
def test_what_is_unsafe_is_refused(settings: Any, change: dict[str, Any], code: str) -> None:
    assert refusals(settings, **change) == {code}

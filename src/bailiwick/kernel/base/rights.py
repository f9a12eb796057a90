"""How an endpoint says who may call it; that it says so is checked at every start."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

OPEN = "open"
"""Anybody, signed in or not."""
MEMBER = "member"
"""Every member of the organisation in scope."""

Declared = str | Mapping[str, str]
"""One right for all methods, or one for each method ("GET", "POST" ...)."""

View = TypeVar("View", bound=Callable[..., Any])


def declare(right: Declared) -> Callable[[View], View]:
    """Declare the right of a view that is a function; class-based views have the attribute `right`."""

    def attach(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return view

    return attach


def declared_right(callback: Callable[..., Any]) -> Declared | None:
    """What the view behind a URL declares, or None."""
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None) or callback
    return getattr(view, "right", None)


def right_for(declared: Declared, method: str) -> str | None:
    """The right that a method needs; HEAD needs what GET needs."""
    if isinstance(declared, str):
        return declared
    return declared.get("GET" if method == "HEAD" else method)

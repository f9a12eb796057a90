"""How an endpoint says who may call it; that it says so is checked at every start."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

OPEN = "open"
"""Anybody, signed in or not."""
MEMBER = "member"
"""Every member of the organisation in scope."""

Needed = str | tuple[str, ...]
"""One right, or several of which one is enough."""
Declared = Needed | Mapping[str, Needed]
"""What all methods need, or what each method ("GET", "POST" ...) needs."""

View = TypeVar("View", bound=Callable[..., Any])


def declare(right: Declared) -> Callable[[View], View]:
    """Declare the right of a view that is a function; class-based views have the attribute `right`."""

    def attach(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return view

    return attach


def declared_right(callback: Callable[..., Any]) -> Declared | None:
    """What the view behind a URL declares, or None."""
    return getattr(view_behind(callback), "right", None)


def view_behind(callback: Callable[..., Any]) -> Callable[..., Any]:
    """The class that answers for a URL, or the function."""
    found: Callable[..., Any] = getattr(callback, "view_class", None) or getattr(callback, "cls", None) or callback
    return found


def right_for(declared: Declared, method: str) -> Needed | None:
    """What a method needs; HEAD needs what GET needs."""
    if isinstance(declared, Mapping):
        return declared.get("GET" if method == "HEAD" else method)
    return declared


def rights_in(declared: Declared) -> list[str]:
    """Every right that a declaration names."""
    each = list(declared.values()) if isinstance(declared, Mapping) else [declared]
    return [right for needed in each for right in ([needed] if isinstance(needed, str) else needed)]

"""Addresses of the API."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path


def both(route: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """A published address, with its slash at the end and without; its name stands for the one with."""
    return [path(route.rstrip("/"), view), path(f"{route.rstrip('/')}/", view, name=name)]

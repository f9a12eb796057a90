"""Upkeep of sessions and tokens."""

from django.core.management import call_command


def purge_expired(run: object = None) -> None:
    """Remove sessions and refresh tokens that have run out."""
    call_command("clearsessions")
    call_command("flushexpiredtokens")

"""Half a year of an invented health plan: members, clinics, claims in every state, and the people who work on them."""

from bailiwick.apps.claims.demo.filling import populate

__all__ = ["populate"]

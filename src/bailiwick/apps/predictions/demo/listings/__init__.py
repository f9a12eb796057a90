"""Listings of an invented marketplace, put together from sentences of our own in three languages."""

from bailiwick.apps.predictions.demo.listings.composing import Listing, Passage, compose

__all__ = ["Listing", "Passage", "compose"]

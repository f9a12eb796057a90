"""A fortnight of an invented marketplace: listings, two versions of a model, and a team that reviews them."""

from bailiwick.apps.predictions.demo.filling import fill

__all__ = ["fill"]

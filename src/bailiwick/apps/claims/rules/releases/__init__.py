"""What the lines of published code lists say: those of CMS in their own form, any other as a table."""

from bailiwick.apps.claims.rules.releases.anweb import is_anweb, is_of_other, read_anweb
from bailiwick.apps.claims.rules.releases.orders import is_order, read_orders
from bailiwick.apps.claims.rules.releases.tables import Unfit, find_columns, fit, read_row

__all__ = [
    "Unfit",
    "find_columns",
    "fit",
    "is_anweb",
    "is_of_other",
    "is_order",
    "read_anweb",
    "read_orders",
    "read_row",
]

"""Columns that sealing will need, filled by the database."""

from typing import Any

from django.db import models
from django.db.models import Func


class TransactionIdField(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's xid8: the transaction that wrote the row, never wrapping around."""

    def db_type(self, connection: Any) -> str:
        return "xid8"


class CurrentTransaction(Func):
    """The id of the present transaction."""

    template = "pg_current_xact_id()"
    output_field = TransactionIdField()


class ClusterEpoch(Func):
    """How often the installation was restored: a restored cluster starts its transaction ids again."""

    template = "app_epoch()"
    output_field = models.SmallIntegerField()


class RandomSalt(Func):
    """16 random bytes."""

    template = "uuid_send(gen_random_uuid())"
    output_field = models.BinaryField()

"""The root of every table: a key that the database makes, ordered by time."""

from django.db import models
from django.db.models import Func


class UUIDv7(Func):
    """PostgreSQL's `uuidv7()`: unique, and ordered by the time of its making (RFC 9562, section 5.7)."""

    function = "uuidv7"
    template = "%(function)s()"
    output_field = models.UUIDField()


class BaseModel(models.Model):
    """A row with a UUIDv7 key."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)

    class Meta:
        abstract = True

"""Moments come back from the database as they went there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection
from django.db.backends.postgresql.psycopg_any import get_adapters_template
from hypothesis import given
from hypothesis import strategies as st
from psycopg.pq import Format

from bailiwick.kernel.base.moments import MomentLoader

TIMESTAMPTZ = 1184


def read(text: str) -> datetime:
    return MomentLoader(TIMESTAMPTZ).load(text.encode())


@given(st.datetimes(min_value=datetime(1, 1, 1), timezones=st.just(UTC)))
def test_every_moment_is_read_as_it_was_written(moment: datetime) -> None:
    assert read(moment.isoformat(" ").replace("+00:00", "+00")) == moment


def test_the_offset_counts() -> None:
    moment = read("2026-03-01 12:00:00.5+05:30")
    assert moment == datetime(2026, 3, 1, 6, 30, 0, 500_000, tzinfo=UTC)
    assert moment.utcoffset() == timedelta(hours=5, minutes=30)


@pytest.mark.django_db
def test_connections_read_moments_so() -> None:
    assert get_adapters_template(True, UTC).get_loader(TIMESTAMPTZ, Format.TEXT) is MomentLoader
    with connection.cursor() as cursor:
        cursor.execute("SELECT '2026-03-01 06:30:00.25+00'::timestamptz")
        assert cursor.fetchone() == (datetime(2026, 3, 1, 6, 30, 0, 250_000, tzinfo=UTC),)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["infinity", "0044-03-15 BC"])
def test_what_python_has_no_moment_for_is_an_error_of_the_database(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::timestamptz", [text])
        with pytest.raises(DataError):
            cursor.fetchone()

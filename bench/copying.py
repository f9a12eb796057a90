"""The floor of what writes many rows: COPY of the same rows into the product's own tables, with indexes and checks."""

import time
from collections.abc import Mapping
from typing import Any

import psycopg


def copy_again(connection: psycopg.Connection[Any], orders: Mapping[str, tuple[str, str]]) -> float:
    """Seconds to copy into each table what stands in another one, in an order, in one transaction."""
    written = {table: _dump(connection, *source) for table, source in orders.items()}
    begun = time.perf_counter()
    with connection.transaction():
        for table, blocks in written.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as target:
                for block in blocks:
                    target.write(block)
    return time.perf_counter() - begun


def _dump(connection: psycopg.Connection[Any], table: str, order: str) -> list[bytes]:
    with connection.cursor().copy(f"COPY (SELECT * FROM {table} ORDER BY {order}) TO STDOUT") as rows:
        return [bytes(block) for block in rows]

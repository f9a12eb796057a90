"""The embedded Valkey: a real server, real signals."""

import os

import pytest
import redis

from bailiwick.runtime.valkey import EmbeddedValkey
from tests.runtime.waiting import LONG, until


def pid(engine: EmbeddedValkey) -> int:
    return int((engine.home / "valkey.pid").read_text())


def test_a_second_start_uses_the_running_server(valkey: EmbeddedValkey) -> None:
    before = pid(valkey)
    EmbeddedValkey(valkey.data).start()
    assert pid(valkey) == before


def test_it_asks_for_the_password(valkey: EmbeddedValkey) -> None:
    port = redis.Redis.from_url(valkey.url).connection_pool.connection_kwargs["port"]
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port, retry=None).ping()


def test_a_killed_server_comes_back_with_its_data(valkey: EmbeddedValkey) -> None:
    client = redis.Redis.from_url(valkey.url)
    client.set("kept", "42")
    assert client.waitaof(1, 0, int(LONG * 1000)) == [1, 0]
    os.kill(pid(valkey), 9)
    until(lambda: not valkey.is_running())
    valkey.start()
    assert redis.Redis.from_url(valkey.url).get("kept") == b"42"


def test_a_server_whose_pid_file_is_lost_is_replaced(valkey: EmbeddedValkey) -> None:
    lost = pid(valkey)
    (valkey.home / "valkey.pid").unlink()
    valkey.start()
    assert pid(valkey) != lost
    assert redis.Redis.from_url(valkey.url).ping()

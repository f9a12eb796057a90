import pytest

from bailiwick.kernel.federation.errors import NoNameServer
from bailiwick.kernel.federation.gateways import dns
from bailiwick.kernel.federation.gateways.dns import list_texts
from bailiwick.kernel.federation.tests.peers.names import NameServer


def test_the_records_of_a_name_are_read(name_server: NameServer) -> None:
    name_server.texts["_bailiwick.example.com"] = ["one", "two parts"]
    assert sorted(list_texts("_bailiwick.example.com")) == ["one", "two parts"]


def test_a_name_that_is_not_there_has_no_records(name_server: NameServer) -> None:
    assert list_texts("_bailiwick.example.org") == []


def test_silence_is_no_answer(name_server: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "SECONDS", 0.3)
    name_server.is_away = True
    with pytest.raises(NoNameServer):
        list_texts("_bailiwick.example.com")


@pytest.mark.parametrize("name", ["a..b", "x" * 64 + ".example.com", "a." * 130])
def test_what_is_no_name_is_refused(name_server: NameServer, name: str) -> None:
    with pytest.raises(NoNameServer):
        list_texts(name)

import pytest

from bailiwick.kernel.base.manifest import FilePurpose
from bailiwick.kernel.files.tests.factories import register_purpose


@pytest.fixture
def purpose(monkeypatch: pytest.MonkeyPatch) -> FilePurpose:
    return register_purpose(monkeypatch)

"""Whatever is written is sealed once, in the order of writing, however sealers and writers meet."""

from typing import Any

import pytest

from bailiwick.kernel.audit.queries.blocks import list_blocks, list_unsealed
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_written_is_sealed(organization: Any) -> None:
    new_member(organization)
    assert organization.id in list_unsealed()
    seal_everything(organization.id)
    assert organization.id not in list_unsealed()
    with enter(organization.id):
        [block] = list_blocks()
        assert block.row_count == len(bytes(block.entries)) / 50 > 1

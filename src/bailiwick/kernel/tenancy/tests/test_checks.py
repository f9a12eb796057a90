"""A table of an organisation that is not guarded keeps the server from starting."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import models
from django.test.utils import isolate_apps

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy import checks
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import Organization, OrganizationModel


def naked() -> type[models.Model]:
    class Naked(models.Model):
        organization = models.ForeignKey(Organization, on_delete=models.PROTECT)

        class Meta:
            app_label = "tenancy"

    return Naked


def loose() -> type[models.Model]:
    class Loose(OrganizationModel):
        member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "tenancy"

    return Loose


def crossing() -> type[models.Model]:
    class Crossing(OrganizationModel):
        name = models.TextField()

        class Meta:
            app_label = "tenancy"
            constraints = [models.UniqueConstraint(fields=["name"], name="crossing_name")]

    return Crossing


@pytest.mark.parametrize(
    ("make", "code"), [(naked, "tenancy.E001"), (loose, "tenancy.E002"), (crossing, "tenancy.E003")]
)
def test_a_model_that_is_not_guarded_is_refused(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[], type[models.Model]], code: str
) -> None:
    with isolate_apps("bailiwick.kernel.tenancy", "bailiwick.kernel.identity"):
        model = make()
    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_models=lambda: [model]))
    assert [problem.id for problem in checks.check_models()] == [code]
    with pytest.raises(CommandError, match=code):
        call_command("check")


def test_a_model_derived_from_the_root_is_guarded() -> None:
    with isolate_apps("bailiwick.kernel.tenancy"):

        class Guarded(OrganizationModel):
            member = TenantForeignKey(Member)

            class Meta:
                app_label = "tenancy"

    assert {constraint.name for constraint in Guarded._meta.constraints} == {
        "test_checks_guarded_organization_id",
        "test_checks_guarded_organization",
        "test_checks_guarded_member_organization",
    }


def test_keys_that_come_from_an_abstract_model_are_guarded_as_own_ones() -> None:
    with isolate_apps("bailiwick.kernel.tenancy"):

        class Held(OrganizationModel):
            member = TenantForeignKey(Member)

            class Meta:
                abstract = True

        class Kept(Held):
            class Meta:
                app_label = "tenancy"

    assert "test_checks_kept_member_organization" in {constraint.name for constraint in Kept._meta.constraints}


def test_every_model_of_ours_passes_every_check() -> None:
    ours = [problem for problem in run_checks() if str(problem.id).startswith(("tenancy.", "audit."))]
    assert ours == []

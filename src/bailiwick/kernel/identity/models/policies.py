"""What an organisation asks of whoever signs in to it."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.models.people import Member
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel

IDLE, ABSOLUTE = 12 * 3600, 30 * 86_400
"""Seconds, where an organisation has said nothing."""


def every_method() -> list[str]:
    return list(Method.values)


class SignInPolicy(OrganizationModel):
    """One row an organisation; without it, everything that proves a person is taken. All times are in seconds.

    `step_up` is how old the proof may be for whatever changes who may sign in; none means any age. `break_glass`
    is the one member whom `methods` do not bind, for the day on which the provider does not answer.
    """

    methods = ArrayField(models.CharField(max_length=20, choices=Method), default=every_method)
    idle = models.PositiveIntegerField(_("ends when unused for"), default=IDLE, validators=[MinValueValidator(300)])
    absolute = models.PositiveIntegerField(_("ends after"), default=ABSOLUTE, validators=[MinValueValidator(300)])
    most_sessions = models.PositiveSmallIntegerField(_("sessions at once"), null=True, blank=True)
    step_up = models.PositiveIntegerField(_("asks again after"), null=True, blank=True)
    keys_end_with_creator = models.BooleanField(default=False)
    break_glass = TenantForeignKey(Member, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="identity_signinpolicy_one"),
            models.CheckConstraint(condition=models.Q(methods__len__gt=0), name="identity_signinpolicy_methods"),
            RowChanges(name="identity_signinpolicy_changes"),
        ]

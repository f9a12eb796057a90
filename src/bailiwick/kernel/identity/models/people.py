"""People, and their memberships."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.audit.constraints import RowChanges
from bailiwick.kernel.base.models import BaseModel
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.identity.constraints import OwnMemberships
from bailiwick.kernel.tenancy.fields import TenantForeignKey
from bailiwick.kernel.tenancy.models import OrganizationModel


class UserManager(BaseUserManager["User"]):
    """People are found by their login, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(BaseModel, AbstractBaseUser):
    """A person, who may be a member of many organisations. Global: business rows point to Member.

    `language` is a code of LANGUAGES and `time_zone` an IANA name; empty, the browser says. `user_code` names a
    person whom an organisation registered, where they have no login of their own; it is no secret.
    `email_confirmed_at` is when the present address was proved theirs; anybody may write any address.
    """

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]
    is_superuser = False

    username = models.CharField(_("login"), max_length=150, unique=True)
    user_code = models.CharField(_("user code"), max_length=21, unique=True, null=True, blank=True, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    email_confirmed_at = models.DateTimeField(null=True, editable=False)
    first_name = models.CharField(_("first name"), max_length=150, blank=True)
    last_name = models.CharField(_("last name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, db_default="", default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, db_default="", default="")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="identity_user_username"),
            RowChanges(name="identity_user_changes", masked=("password", "email"), skipped=("last_login",)),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username


class Member(OrganizationModel):
    """The one principal of an organisation: a person's membership, a program or a model.

    `manager` is the person to whom they report: who is asked whether their grants are still needed.
    """

    kind = models.CharField(max_length=10, choices=MemberKind)
    name = models.CharField(_("name"), max_length=200)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    employee_id = models.CharField(_("employee number"), max_length=50, blank=True)
    department = models.CharField(_("department"), max_length=100, blank=True)
    manager = TenantForeignKey("self", null=True, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="identity_member_user"),
            models.CheckConstraint(
                condition=models.Q(kind=MemberKind.PERSON, user__isnull=False)
                | ~models.Q(kind=MemberKind.PERSON) & models.Q(user__isnull=True),
                name="identity_member_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(manager=None) | ~models.Q(manager=models.F("id")), name="identity_member_manager"
            ),
            OwnMemberships(name="identity_member_own"),
            RowChanges(name="identity_member_changes", skipped=("last_used_at",)),
        ]
        indexes = [
            models.Index(
                fields=["organization", "manager", "id"],
                condition=models.Q(manager__isnull=False),
                name="identity_member_reports",
            )
        ]

    def __str__(self) -> str:
        return self.name

"""`bailiwick create-owner`: the first person of an organisation, who may do everything and give it on."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug
from django.db import transaction
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actions.roles import setup_roles
from bailiwick.kernel.access.actors import is_current
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.identifiers import new_uuid7
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.actions import add_member, create_user
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.identity.rules.logins import looks_like_another, normal
from bailiwick.kernel.tenancy.actions import create_organization
from bailiwick.kernel.tenancy.models import INSTALLATION, Organization
from bailiwick.kernel.tenancy.queries import find_organization
from bailiwick.kernel.tenancy.scope import enter


class Command(BaseCommand):
    help = (
        "Make an organisation, and a person in it who may do everything and give it on. The password is asked for, or"
        " read from standard input. What is there already is kept."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG", help="short name: letters, digits, -, _")
        parser.add_argument("--organization-name", metavar="NAME", default="", help="as people read it")
        parser.add_argument("--login", required=True, help="what the person signs in with")
        parser.add_argument("--name", required=True, metavar='"First Last"', help="as others read it")
        parser.add_argument("--mail", metavar="ADDRESS", default="", help="where a new password can be sent")

    def handle(self, *args: Any, **options: Any) -> None:
        given = {name: str(options[name]).strip() for name in ("organization", "login", "name", "mail")}
        _check(given)
        user = _find_user(given["login"])
        password = "" if user else self._ask_password(_new_user(given))
        with transaction.atomic():
            organization = self._organization(given["organization"], options["organization_name"].strip())
            with enter(organization.id, request_id=str(new_uuid7())):
                setup_roles()
                house = ActorRef(organization.id, None, Credential.SYSTEM)
                member = self._member(house, given, user, password)
                self._grant(house, member)
        self.stdout.write(
            _("{name} may do everything in {organization}.").format(name=member, organization=organization)
        )

    def _organization(self, slug: str, name: str) -> Organization:
        found = find_organization(slug)
        if found is None:
            self.stdout.write(_("Made the organisation {slug}.").format(slug=slug))
        elif name and found.name != name:
            self.stdout.write(_("The organisation {slug} is there already; its name stays.").format(slug=slug))
        return found or create_organization(slug=slug, name=name or slug.replace("-", " ").capitalize())

    def _member(self, house: ActorRef, given: dict[str, str], user: User | None, password: str) -> Member:
        login = given["login"]
        if member := find_member(login):
            self.stdout.write(_("{login} is a member already; name and password stay.").format(login=login))
            return member
        if user is None:
            new = _new_user(given)
            names = {"first_name": new.first_name, "last_name": new.last_name, "email": new.email}
            user = create_user(username=login, password=password, **names)
            self.stdout.write(_("Made the person {login}.").format(login=login))
        else:
            self.stdout.write(_("{login} is there already; name and password stay.").format(login=login))
        return add_member(house, name=user.full_name, kind=MemberKind.PERSON, user_id=user.id)

    def _grant(self, house: ActorRef, member: Member) -> None:
        grants = Grant.objects.filter(member_id=member.id, is_passable=True, object_id=None, valid_until=None)
        held = {grant.role for grant in grants if is_current(grant)}
        for role in roles_of_owner():
            if role not in held:
                write_grant(house, member.id, role, is_passable=True)
                self.stdout.write(_("Gave the role {role}, to pass on.").format(role=registry().roles[role].title))

    def _ask_password(self, user: User) -> str:
        if sys.stdin.isatty():
            password = getpass(_("Password: "))
            if getpass(_("Once more: ")) != password:
                raise CommandError(_("The two passwords differ."))
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        try:
            validate_password(password, user)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        return password


def roles_of_owner() -> list[str]:
    """The highest role of every app, and whatever else it takes to hold each right at least once."""
    roles = [manifest.roles[0] for manifest in registry().manifests if manifest.roles]
    held = {right for role in roles for right in role.rights}
    for role in registry().roles.values():
        if not held.issuperset(role.rights):
            roles.append(role)
            held.update(role.rights)
    return [role.code for role in roles]


def _check(given: dict[str, str]) -> None:
    try:
        validate_slug(given["organization"])
        if given["mail"]:
            validate_email(given["mail"])
    except ValidationError as refusal:
        raise CommandError(" ".join(refusal.messages)) from None
    given["login"] = normal(given["login"])
    if looks_like_another(given["login"]):
        raise CommandError(_("This login mixes scripts or looks like another. Choose a plain one."))
    if given["organization"] == INSTALLATION:
        raise CommandError(_("This organisation is the installation's own: choose another short name."))
    if len(given["organization"]) > 63 or not 0 < len(given["login"]) <= 150 or not given["name"]:
        raise CommandError(_("Give a short name of at most 63 characters, a login of at most 150, and a name."))


def _find_user(login: str) -> User | None:
    try:
        found = User.objects.get_by_natural_key(login)
    except User.DoesNotExist:
        return None
    if not found.is_active:
        raise CommandError(_("{login} is closed: choose another login.").format(login=login))
    return found


def _new_user(given: dict[str, str]) -> User:
    first, _space, last = given["name"].partition(" ")
    return User(username=given["login"], first_name=first, last_name=last.strip(), email=given["mail"])

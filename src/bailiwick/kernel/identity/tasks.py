"""Upkeep of sessions, and the mails of identity."""

from typing import Any

from django.core.management import call_command

from bailiwick.kernel.identity.actions import record_mailed_address_link, record_mailed_link, remove_old_sessions
from bailiwick.kernel.identity.actions.devices import forget_old_devices
from bailiwick.kernel.identity.mails import can_mail, mail_link, send_address_link, send_notice
from bailiwick.kernel.identity.queries import find_person
from bailiwick.kernel.tenancy.queries import each_organization


def mail_links(run: Any) -> dict[str, int]:
    """Mail each person of a job their link; it is made here, so that it is stored nowhere."""
    people, already = run.arguments["people"], run.position.get("mailed", 0)
    for mailed, user_id in enumerate(people[already:], start=already + 1):
        with run.read():
            user = find_person(user_id)
        if user and user.email:
            mail_link(user, run.arguments["address"], user.language or run.arguments["language"])
        with run.step():
            run.position = {"mailed": mailed}
            if user and user.email:
                record_mailed_link(user)
    return {"mailed": len(people)}


def mail_notice(run: Any) -> dict[str, int]:
    """Mail a person what happened to their account; one who has no address, or was sent it already, gets none."""
    with run.read():
        user = find_person(run.arguments["person"])
    is_mailed = user is not None and bool(user.email) and can_mail()
    if user and is_mailed and not run.position:
        send_notice(user, run.arguments)
    with run.step():
        run.position = {"mailed": int(is_mailed)}
    return {"mailed": int(is_mailed)}


def mail_address_link(run: Any) -> dict[str, int]:
    """Mail a person the link that confirms their present address; none where it is confirmed, or was sent already."""
    with run.read():
        user = find_person(run.arguments["person"])
    is_mailed = user is not None and bool(user.email) and user.email_confirmed_at is None and can_mail()
    if user and is_mailed and not run.position:
        send_address_link(user, run.arguments["address"], user.language or run.arguments["language"])
    with run.step():
        run.position = {"mailed": int(is_mailed)}
        if user and is_mailed:
            record_mailed_address_link(user)
    return {"mailed": int(is_mailed)}


def purge_expired(run: object = None) -> None:
    """Remove what browsers and people left long ago."""
    call_command("clearsessions")
    forget_old_devices()
    for _scope in each_organization():
        remove_old_sessions()

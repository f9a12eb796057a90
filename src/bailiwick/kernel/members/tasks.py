"""What workers do for members."""

from typing import Any
from uuid import UUID

from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.members.actions.exporting import write_export
from bailiwick.kernel.members.actions.invitations import renew_link
from bailiwick.kernel.members.errors import InvitationClosed
from bailiwick.kernel.members.mails import send_invitation
from bailiwick.kernel.members.models import Invitation


def run_export(run: Run) -> dict[str, Any]:
    """Write down what is known of somebody."""
    return write_export(run)


def mail_invitation(run: Run) -> dict[str, int]:
    """Make the link of an invitation and mail it; it is made here, so that it is stored nowhere."""
    if run.position:
        return {"mailed": 1}
    with run.step():
        try:
            secret = renew_link(UUID(run.arguments["invitation"]), is_mailed=True)
        except InvitationClosed:
            return {"mailed": 0}
        invitation = Invitation.objects.select_related("invited_by", "organization").get(id=run.arguments["invitation"])
    send_invitation(invitation, invitation.organization, secret, run.arguments["site"], run.arguments["language"])
    with run.step():
        run.position = {"mailed": 1}
    return {"mailed": 1}

"""What comes round by the clock: whether domains are still ours, and whether somebody came in by the break-glass."""

from typing import TYPE_CHECKING

from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.federation.actions.accounts import drop_spent_assertions
from bailiwick.kernel.federation.actions.alarms import record_mailed_alarm
from bailiwick.kernel.federation.actions.domains import check_domain
from bailiwick.kernel.federation.mails import mail_alarm
from bailiwick.kernel.federation.queries.alarms import list_alarms, list_keepers
from bailiwick.kernel.federation.queries.providers import list_verified_ids
from bailiwick.kernel.identity.choices import Credential

if TYPE_CHECKING:
    from bailiwick.kernel.jobs.running import Run


def keep_domains(run: "Run") -> dict[str, int]:
    """Look for the record of each domain that was verified, and drop assertions that have run out."""
    house = ActorRef(run.organization_id, None, Credential.JOB)
    with run.read():
        domains = list_verified_ids()
    run.total = len(domains)
    for domain_id in domains:
        with run.step():
            run.done += check_domain(house, domain_id)
    with run.step():
        dropped = drop_spent_assertions()
    return {"domains": run.done, "dropped": dropped}


def mail_alarms(run: "Run") -> dict[str, int]:
    """Tell everybody who keeps the sign-in of each use of the break-glass that they were not told of."""
    house = ActorRef(run.organization_id, None, Credential.JOB)
    with run.read():
        alarms = list_alarms()
        keepers = list_keepers() if alarms else []
    for alarm in alarms:
        for keeper in keepers:
            mail_alarm(keeper, alarm)
        with run.step():
            record_mailed_alarm(house, alarm, len(keepers))
    return {"mailed": len(alarms)}

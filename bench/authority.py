"""Lists for a member with 10,000 grants over single predictions, against an owner's; entering; and explaining."""

import json
import statistics
import sys
from functools import partial
from typing import Any

import django
import psycopg

from bench.load import Client, Pairs
from bench.people import add_person
from bench.report import Report
from bench.signing_in import in_browser
from bench.stage import Place, Stage

MANY, FEWER = 1_000_000, 100_000
GRANTS = 10_000
ROUNDS, WARM = 60, 10
MOST_OF_OWNERS = 2.5
MOST_APART = 1.3
MOST_ENTERING = 1.2
MOST_EXPLAINING = 4
LISTS = {"page of predictions": "/rejection-reasons/", "list of 100": "/api/predictions/?page_size=100"}
RIGHT = "predictions.audit"
# Spread over all of them, so that what is seen lies far apart.
GRANT = """
INSERT INTO access_grant (organization_id, member_id, role, object_type, object_id, is_passable, is_deputy, currency)
SELECT organization_id, %(member)s, 'reader', 'predictions.prediction', id, false, false, ''
  FROM (SELECT p.*, row_number() OVER (ORDER BY id DESC) AS n FROM predictions_prediction p
         WHERE organization_id = %(organization)s) p
 WHERE n %% %(every)s = 0 ORDER BY random() LIMIT %(count)s
"""
EXPLAIN = "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM access_enter(%s, %s, 'bench-request')"

People = dict[str, dict[str, str]]


def run(stage: Stage, report: Report) -> None:
    places = {size: stage.place(size) for size in (FEWER, MANY)}
    people = {size: _add_people(place, size) for size, place in places.items()}
    for name, path in LISTS.items():
        _list(places, people, name, path, report)
    _statements(places[MANY], people[MANY], report)
    _entering(places[MANY], people[MANY], report)
    _explaining(places[MANY], people[MANY], report)


def _add_people(place: Place, size: int) -> People:
    """An owner, and two who may see single predictions: many of them, and one."""
    # Pages name their files by what is in them.
    place.run("-m", "django", "collectstatic", "--no-input", "--verbosity", "0")
    people: People = json.loads(place.run("-m", "bench.authority", place.people["organization"]))
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        for name, count in (("many", GRANTS), ("one", 1)):
            values = {"organization": place.people["organization"], "member": people[name]["member"], "count": count}
            connection.execute(GRANT, values | {"every": size // GRANTS})
        connection.execute("VACUUM (ANALYZE) access_grant")
    return people


def seed(organization: str) -> People:
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.tenancy.scope import enter

    system = ActorRef(organization, None, Credential.SYSTEM)  # type: ignore[arg-type]
    with enter(organization):  # type: ignore[arg-type]
        people = {name: add_person(system, name) for name in ("many", "one")}
        return people | {"owner": add_person(system, "owner", "model-owner", "administrator")}


def _list(places: dict[int, Place], people: dict[int, People], name: str, path: str, report: Report) -> None:
    """One list, asked in turn by an owner and by whoever has many grants, of many rows and of fewer."""
    clients = {
        (size, who): in_browser(place, people[size][who]) for size, place in places.items() for who in ("owner", "many")
    }
    for _ in range(WARM + ROUNDS):
        for client in clients.values():
            _get(client, name, path)
    seconds = {key: client.seconds[name][WARM:] for key, client in clients.items()}
    owners = Pairs(seconds[MANY, "many"], seconds[MANY, "owner"])
    sizes = Pairs(seconds[MANY, "many"], seconds[FEWER, "many"])
    value, owner, few = owners.value * 1000, owners.floor * 1000, sizes.floor * 1000
    report.add(f"{name}, {GRANTS:,} grants", value, "ms", floor=owner, ratio=owners.ratio, target=MOST_OF_OWNERS)
    report.add(f"  of {MANY:,}, of {FEWER:,}", value, "ms", floor=few, ratio=sizes.ratio, target=MOST_APART)


def _statements(place: Place, people: People, report: Report) -> None:
    """Rights come with the statement that enters: nobody's lists ask for more than an owner's."""
    for name, path in LISTS.items():
        owner, reader = (_count(place, in_browser(place, people[who]), path) for who in ("owner", "many"))
        report.add("  statements more than an owner's, " + name, reader - owner, "statements", floor=owner, target=0)


def _entering(place: Place, people: People, report: Report) -> None:
    """The entering statement as the server itself times it, for many grants and for one in turn."""
    with psycopg.connect(place.environment["DATABASE_URL"], autocommit=True) as connection:
        pairs = Pairs()
        for _ in range(ROUNDS + WARM):
            pairs.add(*(_enter(connection, place, people[who]) for who in ("many", "one")))
    kept = Pairs(pairs.values[WARM:], pairs.floors[WARM:])
    label = f"entering with {GRANTS:,} grants, against one"
    report.add(label, kept.value, "ms", floor=kept.floor, ratio=kept.ratio, target=MOST_ENTERING)


def _enter(connection: psycopg.Connection[Any], place: Place, person: dict[str, str]) -> float:
    with connection.transaction():
        row = connection.execute(EXPLAIN, [place.people["organization"], person["member"]]).fetchone()
    assert row
    taken: float = row[0][0]["Execution Time"]
    return taken


def _explaining(place: Place, people: People, report: Report) -> None:
    """Why somebody with many grants may not do a thing over the whole organisation, asked by an owner."""
    path = f"/api/access/explain/?right={RIGHT}&member={people['many']['member']}"
    client = in_browser(place, people["owner"])
    entering = _count(place, client, "/api/access/explain/?right=")
    for _ in range(ROUNDS + WARM):
        _get(client, "explain", path)
    report.add("explain", statistics.median(client.seconds["explain"][WARM:]) * 1000, "ms")
    asked = _count(place, client, path) - entering
    report.add("  statements of its own", asked, "statements", floor=entering, target=MOST_EXPLAINING)


def _get(client: Client, label: str, path: str) -> None:
    status, body = client.send(label, "GET", path)
    assert status == 200, body


def _count(place: Place, client: Client, path: str) -> float:
    """Statements of one answer, once the session has been noted as used, and every thread has its connection."""
    client.send("", "GET", "/api/auth/profile")
    _repeat(client, path)
    each, _seen = place.statements(partial(_repeat, client, path))
    return each


def _repeat(client: Client, path: str) -> int:
    for _ in range(10):
        client.send("", "GET", path)
    return 10


if __name__ == "__main__":
    django.setup()
    print(json.dumps(seed(*sys.argv[1:])))

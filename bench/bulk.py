"""Taking predictions in by the thousand over HTTP, one client, against COPY of the same rows into twin tables."""

import http.client
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter

import orjson
import psycopg

from bench.ingest import payload
from bench.load import Pairs
from bench.report import Report
from bench.stage import Place, Stage

BACKLOGS = (0, 1_000_000)
REASONS = (1, 3)
ROWS = 6_000
ROUNDS = 5
MOST_COPIES = 5.0
"""20 % of COPY."""
MOST_FOR_SIZE = 1.3
TABLES = ("predictions_prediction", "predictions_predictionreason", "worklist_workitem")
TWIN = "CREATE TABLE IF NOT EXISTS bench_{0} (LIKE {0} INCLUDING ALL)"
SINCE = {
    "predictions_prediction": "id > %(last)s",
    "predictions_predictionreason": "prediction_id > %(last)s",
    "worklist_workitem": "subject_id > %(last)s",
}
LAST = "SELECT coalesce(max(id::text), '00000000-0000-0000-0000-000000000000')::uuid FROM predictions_prediction"


@dataclass
class Course:
    """One size of backlog with one number of reasons."""

    place: Place
    reasons: int
    pair: Pairs = field(default_factory=Pairs)

    @property
    def name(self) -> str:
        size = "0" if self.place.name == "bench_0" else "1,000,000"
        return f"bulk ingest, {self.reasons} reason{'s' * (self.reasons > 1)}, at {size}"


def run(stage: Stage, report: Report) -> None:
    numbers = count(10_000_000)
    places = [stage.place(backlog) for backlog in BACKLOGS]
    courses = [Course(place, reasons) for reasons in REASONS for place in places]
    for turn in range(ROUNDS + 1):
        for course in courses:
            value, floor = one_round(course, [next(numbers) for _ in range(ROWS)])
            if turn:
                course.pair.add(value, floor)
    for course in courses:
        pair = course.pair
        report.add(course.name, 1 / pair.value, "rows/s", floor=1 / pair.floor, ratio=pair.ratio, target=MOST_COPIES)
    for one, other in zip(courses[::2], courses[1::2], strict=True):
        ratio = Pairs(other.pair.values, one.pair.values).ratio
        name = f"  {one.reasons} reason{'s' * (one.reasons > 1)}: at 1,000,000 against at 0"
        report.add(name, 1 / other.pair.value, "rows/s", floor=1 / one.pair.value, ratio=ratio, target=MOST_FOR_SIZE)


def one_round(course: Course, numbers: list[int]) -> tuple[float, float]:
    """Seconds a row: sent to the product, and copied as they stand in its tables into empty twins."""
    body = b"\n".join(row(number, course.reasons) for number in numbers)
    with psycopg.connect(course.place.superuser_url) as connection:
        [(last,)] = connection.execute(LAST).fetchall()
        value = send(course.place, body, len(numbers))
        for table in TABLES:
            connection.execute(TWIN.format(table))
            connection.execute(f"TRUNCATE bench_{table}")
        connection.commit()
        written = {table: dump(connection, table, last) for table in TABLES}
        floor = copy(connection, written)
    return value / len(numbers), floor / len(numbers)


def row(number: int, reasons: int) -> bytes:
    given = orjson.loads(payload(number))
    [reason, *_more] = given["rejection_reasons"]
    given["rejection_reasons"] = [reason | {"reason_id": 1 + (number + each) % 20} for each in range(reasons)]
    return orjson.dumps(given)


def send(place: Place, body: bytes, rows: int) -> float:
    headers = {"Authorization": f"Bearer {place.people['key']}", "Content-Type": "application/x-ndjson"}
    client = http.client.HTTPConnection("127.0.0.1", place.port, timeout=300)
    begun = perf_counter()
    client.request("POST", "/api/predictions/bulk", body, headers)
    answer = client.getresponse().read()
    seconds = perf_counter() - begun
    client.close()
    assert answer.count(b'"status":201') == rows, answer[:500]
    return seconds


def dump(connection: psycopg.Connection[tuple[object, ...]], table: str, last: object) -> list[bytes]:
    """What the product wrote since, as COPY takes it."""
    where = SINCE[table].replace("%(last)s", f"'{last}'")
    with connection.cursor().copy(f"COPY (SELECT * FROM {table} WHERE {where}) TO STDOUT") as rows:
        return [bytes(block) for block in rows]


def copy(connection: psycopg.Connection[tuple[object, ...]], written: dict[str, list[bytes]]) -> float:
    begun = perf_counter()
    for table, blocks in written.items():
        with connection.cursor().copy(f"COPY bench_{table} FROM STDIN") as target:
            target.write(b"".join(blocks))
    connection.commit()
    return perf_counter() - begun

"""Many predictions in one request: lines of JSON in, a line of JSON back for each, after the commit of its chunk."""

import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from contextvars import copy_context
from itertools import chain
from typing import IO, Any

import structlog
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from bailiwick.apps.predictions.actions.bulk import MOST_ROWS, Outcome, submit_predictions
from bailiwick.apps.predictions.api import schema
from bailiwick.apps.predictions.errors import ExternalIdTaken, TooManyRows
from bailiwick.apps.predictions.manifest import SUBMIT
from bailiwick.apps.predictions.reading import read_prediction
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.middleware import entry_of
from bailiwick.kernel.api.errors import TooLarge
from bailiwick.kernel.api.problems import describe
from bailiwick.kernel.api.rendering import from_json, to_json
from bailiwick.kernel.api.views import Endpoint
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.reading import read_lines

logger = structlog.get_logger(__name__)

MEDIA_TYPE = "application/x-ndjson"
MOST_LINES = 100_000
LONGEST_LINE = 256 * 1024
LARGEST, LARGEST_COMPRESSED = 256 << 20, 64 << 20
KEPT_IN_MEMORY = 4 << 20
LARGEST_CHUNK = 8 << 20
BLOCK = 256 * 1024

Line = tuple[int, bytes, str]
"""Number, content and fault."""
Row = tuple[int, NewPrediction | DomainError]


class BulkPredictions(Endpoint):
    """Submit up to 100,000 predictions, one JSON object a line; each line of the answer tells what became of one.

    A line of the answer is sent once its chunk of at most 2,000 is committed, so whoever was cut off sends the same
    body again: what was stored is recognised. A last line without `line` says why the rest was not looked at.
    """

    right = SUBMIT
    is_kept = False

    @extend_schema(
        request={MEDIA_TYPE: schema.BULK_ROW},
        responses={(200, MEDIA_TYPE): schema.BULK_LINE},
        parameters=[OpenApiParameter("Content-Encoding", str, OpenApiParameter.HEADER, enum=["gzip"])],
        tags=["predictions"],
    )
    def post(self, request: Request) -> HttpResponseBase:  # type: ignore[override]  # a stream
        plain = request._request
        is_gzip = _is_gzip(plain)
        with ExitStack() as kept:
            body = kept.enter_context(receive(plain, LARGEST_COMPRESSED if is_gzip else LARGEST))
            chunks = chunk(read_lines(body, is_gzip=is_gzip, longest_line=LONGEST_LINE, largest=LARGEST))
            # What is wrong with the body as a whole and shows in the first chunk is refused as a whole.
            first = next(chunks, [])
            return StreamingHttpResponse(Answer(plain, chain([first], chunks), kept.pop_all()), content_type=MEDIA_TYPE)


def _is_gzip(request: HttpRequest) -> bool:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("gzip", "x-gzip", "identity", ""):
        raise Unreadable(_("Content-Encoding may be gzip or nothing."))
    return "gzip" in encoding


@contextmanager
def receive(request: HttpRequest, largest: int) -> Iterator[IO[bytes]]:
    """The whole body in a temporary file; raises TooLarge, or Unreadable when it breaks off.

    It is received before the first line is answered: a client that does not read while it sends would wait for us to
    take more, and we for it to take our answer.
    """
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if announced > largest:
        raise TooLarge
    # Sent in chunks a body has no length: the server ends the stream where it ends.
    is_open = not announced and request.META.get("wsgi.input_terminated")
    stream = request.META["wsgi.input"] if is_open else request
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as body:
        size = 0
        while block := stream.read(BLOCK):
            size += len(block)
            if size > largest:
                raise TooLarge
            body.write(block)
        if size < announced:
            raise Unreadable(_("The body breaks off: its end is missing. Nothing was stored."))
        body.seek(0)
        yield body


def chunk(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """As many lines as one transaction takes, and not too much of them; raises TooManyRows after MOST_LINES."""
    taken: list[Line] = []
    size = 0
    for count, line in enumerate(lines, start=1):
        if count > MOST_LINES:
            if taken:
                yield taken
            raise TooManyRows(most=MOST_LINES)
        taken.append(line)
        size += len(line[1])
        if len(taken) == MOST_ROWS or size > LARGEST_CHUNK:
            yield taken
            taken, size = [], 0
    if taken:
        yield taken


class Answer:
    """The lines of the answer, chunk by chunk. The request's own transaction is over by then."""

    def __init__(self, request: HttpRequest, chunks: Iterable[list[Line]], kept: ExitStack) -> None:
        self.request, self.chunks, self.kept = request, chunks, kept

    def __iter__(self) -> Iterator[bytes]:
        try:
            for rows in ahead(map(read, self.chunks)):
                yield submit(self.request, rows)
        except (DomainError, AuthenticationFailed, DatabaseError) as error:
            problem = describe(error)
            if problem is None:
                raise
            logger.info("bulk_ended_early", code=problem.code)
            yield _line(status=problem.status, errors={"non_field_errors": [str(problem.detail)]})

    def close(self) -> None:
        """Called when the answer is out, or whoever asked has gone."""
        self.kept.close()


def ahead(chunks: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """The same, each read while the database is busy with the one before it."""
    with ThreadPoolExecutor(1) as thread:
        # In a context like this one: the language of sentences is part of it.
        coming = thread.submit(copy_context().run, _next, chunks)
        while (rows := coming.result()) is not None:
            coming = thread.submit(copy_context().run, _next, chunks)
            yield rows


def _next(chunks: Iterator[list[Row]]) -> list[Row] | None:
    return next(chunks, None)


def read(lines: list[Line]) -> list[Row]:
    """Each line as what it says, or why it says nothing."""
    return [(number, _read(content, fault)) for number, content, fault in lines]


def submit(request: HttpRequest, rows: list[Row]) -> bytes:
    """Store one chunk in a transaction of its own, in the name of whoever the credential still stands for."""
    news = [new for _number, new in rows if isinstance(new, NewPrediction)]
    outcomes: Iterator[Outcome] = iter(())
    if news:
        with transaction.atomic(), entry_of(request) as actor:
            if actor is None:
                raise AuthenticationFailed
            outcomes = iter(submit_predictions(actor=actor, rows=news))
    return b"".join(
        _told(number, next(outcomes) if isinstance(new, NewPrediction) else Outcome(refusal=new))
        for number, new in rows
    )


def _read(content: bytes, fault: str) -> NewPrediction | DomainError:
    if fault:
        return TooLarge(fault)
    try:
        return read_prediction(from_json(content))
    except DomainError as refusal:
        return refusal


def _told(number: int, outcome: Outcome) -> bytes:
    if outcome.refusal is None:
        return _line(line=number, status=201 if outcome.is_new else 200, id=outcome.id)
    return _line(line=number, status=outcome.refusal.status, errors=_errors(outcome.refusal))


def _errors(refusal: DomainError) -> Any:
    match refusal:
        case InvalidInput():
            return refusal.fields
        case ExternalIdTaken():
            return {"external_id": [str(refusal)]}
    return {"non_field_errors": [str(refusal)]}


def _line(**members: Any) -> bytes:
    return to_json(members) + b"\n"

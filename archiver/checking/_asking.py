"""Puts questions about a post, politely, and hears the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from archiver import answers
from archiver.checking._endpoints import Question, Ways, questions
from archiver.checking._verdicts import Heard
from archiver.errors import ArchiverError, RefusedError
from archiver.model import Capture, Exchange
from archiver.sources import Settings
from archiver.sources._bodies import Damaged, TooLarge, UnknownCoding, decoded, readable
from archiver.sources._http import content_type, parsed
from archiver.sources.services._pace import Answer, Client, Odd, Pace, Query
from archiver.sources.web import public
from archiver.store.checks import Check, Due
from archiver.told import Answer as Understood

__all__ = ["Asker", "Manners", "Untaken"]

_LARGEST = 16 << 20  # bytes of an answer
_OK, _TOO_MANY = 200, 429
_TIMES = 3  # without any answer, and a host is left alone for this run


class Untaken(Exception):  # noqa: N818  nothing is wrong
    """A post that is not to be asked about now: another asks already, or the run ends."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a host is asked, all in seconds: between two questions `delay`, after 429 without a time `pause`, after other
    failures `backoff` and then longer; a pause of more than `longest` is not waited for."""

    delay: float = 1.0
    pause: float = 60.0
    backoff: float = 2.0
    longest: float = 600.0


class Asker:
    """Asks hosts, each at a pace of its own. Lives in one event loop; close it there.

    A host that wants no more requests after all patience, or gives no answer three times in a row, is closed to
    further questions.
    """

    def __init__(self, settings: Settings, ways: Ways, manners: Manners) -> None:
        self._settings, self.ways, self._manners = settings, ways, manners
        self._connections = public.client(settings, settings.at_once)
        self._clients: dict[str, Client] = {}
        self._silent: dict[str, int] = {}
        self.closed: dict[str, str] = {}

    async def close(self) -> None:
        """Closes the connections."""
        await self._connections.aclose()

    async def look(self, post: Due, begun: Callable[[], None]) -> tuple[Check, ...]:
        """What came of asking about a post: the endpoints of its platform one after the other, until one decides.

        `begun` is called before the first is sent, and may raise Untaken. () where a host of it is closed by then.
        """
        checks: list[Check] = []
        for number, question in enumerate(questions(post, self.ways)):
            if question.host in self.closed and not checks:
                return ()
            check = await self._asked(post, question, begun if number == 0 else None)
            checks.append(check)
            if check.outcome not in ("unknown", "error"):
                break
        return tuple(checks)

    async def _asked(self, post: Due, question: Question, begun: Callable[[], None] | None) -> Check:
        heard: list[Exchange] = []
        name = question.endpoint.name
        if question.host in self.closed:
            return Check(name, datetime.now(UTC), "error", note=f"not asked: {self.closed[question.host]}")
        query = Query(question.url, question.asked, most=_LARGEST, heard=heard.append, begun=begun)
        try:
            told = await self._client(question.host).ask(query, lambda answer: self._judged(post, question, answer))
        except ArchiverError as error:
            self._note_failure(question, error, is_silent=not heard)
            told = Check(name, datetime.now(UTC), "error", error.status, question.without_secrets(error.wrong))
            return replace(told, asked_at=heard[-1].at, capture=_failed(question, heard[-1])) if heard else told
        self._silent.pop(question.host, None)
        return replace(told, asked_at=heard[-1].at, capture=_kept(question, told.capture, heard[-1]))

    def _judged(self, post: Due, question: Question, answer: Answer) -> Check:
        """What an answer says. Raises Odd where it is none, so that it is asked for again."""
        try:
            body = decoded(answer.body, answer.headers.get("content-encoding"), _LARGEST)
        except (Damaged, TooLarge, UnknownCoding) as error:
            raise Odd(f"what {error}") from error
        shown = question.hidden(body)
        kind, charset = content_type(answer.headers.get("content-type", ""))
        capture = Capture(
            question.url,
            shown,
            kind or "text/plain",
            "check",
            datetime.now(UTC),
            url=question.url,
            final_url=question.without_secrets(answer.url),
            encoding=charset,
            status=answer.status,
            seconds=answer.seconds,
        )
        understood = answers.answer(capture)
        text = shown.decode("utf-8-sig", "replace")
        is_page = "html" in kind or text.lstrip()[:1] == "<"
        if answer.status == _OK and (is_page or (understood and understood.outcome == "unreadable")):
            raise Odd("a page" if is_page else "JSON that is none, or is cut off")
        heard = Heard(
            answer.status, text, is_page, understood, _tells_of(post, understood), is_copy="@" in (post.handle or "")
        )
        outcome, note = question.endpoint.judge(heard)
        told = understood.told if understood and answer.status == _OK else ()
        kept = capture if shown == body else None
        return Check(question.endpoint.name, capture.captured_at, outcome, answer.status, note, kept, told)

    def _client(self, host: str) -> Client:
        if host not in self._clients:
            told = self._manners
            self._clients[host] = Client(
                self._settings,
                Pace(1 / told.delay if told.delay else 1e9),
                pause=told.pause,
                longest=told.longest,
                backoff=told.backoff,
                client=self._connections,
            )
        return self._clients[host]

    def _note_failure(self, question: Question, error: ArchiverError, *, is_silent: bool) -> None:
        host, wrong = question.host, question.without_secrets(error.wrong)
        self._silent[host] = self._silent.get(host, 0) + 1 if is_silent else 0
        if error.status == _TOO_MANY:
            self.closed[host] = f"it wants no more requests ({error.cure or wrong})"
        elif isinstance(error, RefusedError):
            self.closed[host] = wrong
        elif self._silent[host] >= _TIMES:
            self.closed[host] = f"it does not answer ({wrong})"


def _tells_of(post: Due, understood: Understood | None) -> bool:
    """Whether an answer tells of the post that was asked about."""
    told = understood.told if understood else ()
    return any((each.post.platform, each.post.platform_id) == (post.platform, post.platform_id) for each in told)


def _kept(question: Question, capture: Capture | None, exchange: Exchange) -> Capture | None:
    """A capture with its exchange, which no secret stands in; None where the answer holds one."""
    if capture is None or any(question.hidden(part) != part for part in (capture.body, exchange.response)):
        return None
    told = replace(exchange, url=question.without_secrets(exchange.url), request=question.hidden(exchange.request))
    return replace(capture, exchanges=(told,))


def _failed(question: Question, exchange: Exchange) -> Capture | None:
    """What came instead of an answer, as it was on the wire; None where it cannot be read."""
    response = exchange.response
    head = parsed(response, 0, len(response))
    if head is None:
        return None
    try:
        body = readable(response[head.start :], head.transfer, head.coding, _LARGEST)
    except TooLarge:
        return None
    capture = Capture(
        question.url,
        body,
        head.media_type or "text/plain",
        "check",
        datetime.now(UTC),
        url=question.url,
        final_url=question.without_secrets(exchange.url),
        encoding=head.charset,
        status=head.status,
    )
    return _kept(question, capture, exchange)

"""One request and its answer, within limits."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import httpx

from archiver import urls
from archiver.errors import RefusedError, UnreadableError
from archiver.model import Exchange
from archiver.sources._bodies import Damaged, Decoder, TooLarge, UnknownCoding
from archiver.sources._http import content_type
from archiver.sources._settings import Settings
from archiver.sources.web._wire import RECORDING, Recording

__all__ = ["Answer", "NoAnswer", "ask", "exchange"]

_PATIENCE = 10  # times the longest wait for an answer: as long may the whole answer take
_FRAMES, _FRAMED = 1 << 20, 2  # bytes of heads, and times its size that a body may take in chunks
_LARGEST_ERROR = 1 << 20  # bytes of a page that says why there is none
_REDACTED = b"redacted"


class NoAnswer(Exception):  # noqa: N818  reads as what came of a request
    """A request without an answer: what is wrong, the cure, and whether it is worth trying again."""

    def __init__(self, wrong: str, cure: str | None = None, *, again: bool = False) -> None:
        self.wrong, self.cure, self.again = wrong, cure, again
        super().__init__(wrong)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `body` is decoded, and b"" where the status is not 200: then only `exchange` has it.

    `exchange` is None where the answer did not come whole.
    """

    url: httpx.URL
    status: int
    reason: str
    headers: httpx.Headers
    body: bytes
    encoding: str | None
    exchange: Exchange | None


async def ask(
    name: str,
    transport: httpx.AsyncBaseTransport,
    request: httpx.Request,
    settings: Settings,
    wanted: Callable[[httpx.Headers], None],
    secret: frozenset[str],
    started: Callable[[], None],
) -> Answer:
    """The answer to a request, all of it, of which `name` is what the user calls it; `started` is called as it is sent.

    `wanted` raises where the headers of a page tell that it is not to be read; the values of headers in `secret` (names
    in lower case) are not kept. Raises NoAnswer, RefusedError or UnreadableError.
    """
    recording, at = Recording(started, _FRAMES + _FRAMED * settings.largest), datetime.now(UTC)
    token = RECORDING.set(recording)
    request.extensions["timeout"] = httpx.Timeout(settings.timeout).as_dict()
    longest = settings.timeout * _PATIENCE
    try:
        async with asyncio.timeout(longest):
            response = await transport.handle_async_request(request)
            try:
                body, raw = await _read(response, settings.largest, wanted)
            finally:
                await response.aclose()
    except TimeoutError as error:
        raise NoAnswer(f"did not end within {longest:g} seconds", "try again later", again=True) from error
    except httpx.TimeoutException as error:
        raise NoAnswer(f"did not answer within {settings.timeout:g} seconds", "try again later", again=True) from error
    except httpx.TransportError as error:
        again = isinstance(error, httpx.NetworkError) and not _is_untrusted(error)
        raise NoAnswer(f"cannot be fetched: {_wrong(error)}", again=again or recording.ended) from error
    except RefusedError as error:  # raised where a connection was to be made, which knows the host only
        raise RefusedError(name, error.wrong, error.cure) from error
    except (TooLarge, Damaged, UnknownCoding) as error:
        raise UnreadableError(name, str(error)) from error
    finally:
        RECORDING.reset(token)
    return Answer(
        url=request.url,
        status=response.status_code,
        reason=response.reason_phrase,
        headers=response.headers,
        body=body,
        encoding=content_type(response.headers.get("content-type", ""))[1],
        exchange=None if raw is None else exchange(request, response, raw, recording, at, secret),
    )


async def _read(
    response: httpx.Response, largest: int, wanted: Callable[[httpx.Headers], None]
) -> tuple[bytes, bytes | None]:
    """The decoded body, and as it came; never more of it in memory than is allowed, whatever it unpacks to."""
    is_page = response.status_code == httpx.codes.OK
    if is_page:
        wanted(response.headers)
    decoder = Decoder(response.headers.get("content-encoding") if is_page else None, largest)
    came, raw, found = 0, [], []
    async for chunk in cast(httpx.AsyncByteStream, response.stream):
        came += len(chunk)
        raw.append(chunk)
        if is_page:
            found.append(decoder.feed(chunk))
        elif came > min(largest, _LARGEST_ERROR):
            return b"", None
        if came > largest:
            raise TooLarge(f"is larger than {largest >> 20} MB")
    found.append(decoder.finish())
    return b"".join(found), b"".join(raw)


def exchange(
    request: httpx.Request,
    response: httpx.Response,
    raw: bytes,
    recording: Recording,
    at: datetime,
    secret: frozenset[str],
) -> Exchange:
    """The exchange as it was on the wire; where that was not HTTP/1.1, as it would have been there.

    `raw` is the body, undone of chunks only; the values of headers in `secret` are left out. Raises NoAnswer where the
    answer had come before it was asked for.
    """
    sent, received = bytes(recording.sent), bytes(recording.received)
    if not sent:
        target = b"GET " + request.url.raw_path + b" HTTP/1.1"
        sent = b"\r\n".join([target, *_lines(request.headers), b"", b""])
        status = f"HTTP/1.1 {response.status_code} {response.reason_phrase}".encode("latin-1", "replace")
        received = b"\r\n".join([status, *_lines(response.headers), b"", raw])
    else:
        while re.match(rb"HTTP/1\.\d 1\d\d", received):  # interim answers
            received = received.partition(b"\r\n\r\n")[2]
        if not received.startswith(b"HTTP/1."):
            raise NoAnswer("answered before it was asked", again=True)
        if "transfer-encoding" not in response.headers and "content-length" in response.headers:
            received = received[: _head(received) + len(raw)]
    return Exchange(
        url=urls.without_credentials(str(request.url)),
        request=_redacted(sent, secret),
        response=received,
        at=at,
        ip=recording.ip,
        protocol=recording.protocol,
    )


def _lines(headers: httpx.Headers) -> Iterator[bytes]:
    return (name + b": " + value for name, value in headers.raw)


def _head(message: bytes) -> int:
    """How many bytes of a message are its head; a server may end lines with a bare line feed."""
    end = re.search(rb"\r?\n\r?\n", message)
    return end.end() if end else len(message)


def _redacted(request: bytes, secret: frozenset[str]) -> bytes:
    lines = request.split(b"\r\n")
    for number, line in enumerate(lines[1:], 1):
        name = line.partition(b":")[0]
        if name.decode("latin-1").lower() in secret:
            lines[number] = name + b": " + _REDACTED
    return b"\r\n".join(lines)


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether a certificate is what is wrong."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def _wrong(error: httpx.TransportError) -> str:
    """What is wrong, in the words of the operating system where it was one of its errors."""
    wrong, cause = str(error) or type(error).__name__, error.__cause__
    while cause is not None:
        if isinstance(cause, OSError) and (cause.errno or 0) > 0 and not isinstance(cause, ssl.SSLError):
            wrong = os.strerror(cause.errno or 0)
        cause = cause.__cause__ or cause.__context__
    return re.sub(r"\[Errno -?\d+\] ", "", wrong)

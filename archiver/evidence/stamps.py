"""Stamps of time by authorities, as RFC 3161 has them."""

from __future__ import annotations

import base64
import hashlib
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from archiver.errors import ArchiverError, FetchError, TargetError

__all__ = ["Stamp", "authorities", "checked", "got", "reply_of"]

KIND = "rfc3161"
_LARGEST = 1 << 20
_QUERY = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamp says: which authority, when; `is_sure` where its signature leads to a certificate that is trusted.

    `wrong` is what is wrong with it, None where nothing is.
    """

    authority: str
    at: datetime | None
    is_sure: bool
    wrong: str | None = None


def got(client: httpx.Client, url: str, statement: bytes) -> dict[str, object]:
    """What an authority answers of a statement, as a manifest keeps it. Raises FetchError where it gives no stamp."""
    tsp = _library()
    builder = tsp.TimestampRequestBuilder().data(statement).hash_algorithm(tsp.HashAlgorithm.SHA256)
    request = builder.cert_request(cert_request=True).build()
    try:
        with client.stream("POST", url, content=request.as_bytes(), headers=_QUERY) as answer:
            data = b""
            for piece in answer.iter_bytes():
                data += piece
                if len(data) > _LARGEST:
                    raise FetchError(url, f"answers with more than {_LARGEST:,} bytes", status=answer.status_code)
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise FetchError(url, f"gives no stamp: {error or type(error).__name__}") from error
    if status != httpx.codes.OK:
        raise FetchError(url, f"gives no stamp: it answers {status}", status=status)
    try:
        reply = tsp.decode_timestamp_response(data)
        if tsp.PKIStatus(reply.status) != tsp.PKIStatus.GRANTED:
            raise FetchError(url, f"gives no stamp: {', '.join(reply.status_string) or 'it refuses'}")
        if reply.tst_info.nonce != request.nonce or _is_other(reply, statement):
            raise FetchError(url, "answers with a stamp of something else")
    except ValueError as error:
        raise FetchError(url, f"gives no stamp: {error}") from error
    return {"kind": KIND, "reply": base64.b64encode(data).decode(), "url": url}


def authorities(path: Path) -> Sequence[Any]:
    """The certificates of a PEM file. Raises TargetError where it holds none."""
    try:
        return list(_library("cryptography.x509").load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise TargetError(str(path), f"holds no certificates: {error}", "give certificates as PEM") from error


def checked(stamp: object, statement: bytes, trusted: Sequence[Any]) -> Stamp:
    """What a stamp of a manifest says of a statement; whoever is `trusted` (certificates) is believed."""
    told = stamp if isinstance(stamp, dict) else {}
    url = str(told.get("url", "an authority"))
    tsp = _library()
    try:
        reply = tsp.decode_timestamp_response(reply_of(stamp))
        at = reply.tst_info.gen_time.astimezone(UTC)
        if _is_other(reply, statement):
            return Stamp(url, at, is_sure=False, wrong="is a stamp of something else than this statement")
    except ValueError as error:
        return Stamp(url, None, is_sure=False, wrong=f"is no stamp: {error}")
    if not trusted:
        return Stamp(url, at, is_sure=False)
    roots = [each for each in trusted if each.issuer == each.subject]
    others = [each for each in trusted if each.issuer != each.subject]
    try:
        builder = tsp.VerifierBuilder(roots=roots, intermediates=others)
        builder.build().verify_message(reply, statement)
    except (tsp.VerificationError, ValueError) as error:
        return Stamp(url, at, is_sure=False, wrong=f"its signature does not lead to a certificate given: {error}")
    return Stamp(url, at, is_sure=True)


def reply_of(stamp: object) -> bytes:
    """What the authority answered (TimeStampResp of RFC 3161, DER). Raises ValueError where a stamp has none."""
    told = stamp.get("reply") if isinstance(stamp, dict) else None
    return base64.b64decode(str(told), validate=True)


def _is_other(reply: Any, statement: bytes) -> bool:
    return bool(reply.tst_info.message_imprint.message != hashlib.sha256(statement).digest())


def _library(name: str = "rfc3161_client") -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        cure = "pip install 'social-post-archiver[evidence]'"
        raise ArchiverError("stamps of time", "need a package that is not installed", cure) from error

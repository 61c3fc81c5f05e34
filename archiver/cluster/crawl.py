"""WARC files to workers, their outcomes to the manifest."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from itertools import islice
from typing import Any

from distributed import Client, KilledWorker, LocalCluster, as_completed

from archiver import __version__
from archiver.cluster import parts, stores
from archiver.cluster.manifest import Failure, Line, Manifest
from archiver.cluster.work import Work, do, ready
from archiver.errors import TargetError

__all__ = ["connected", "outcomes"]

_AT_ONCE = 10_000  # WARC files that a scheduler knows of
_TRIES = 3  # of a WARC that a passing trouble kept from being read
_ALONE = 0  # the try that is made when no other runs
_AGAIN = "run the same command again: what is done is not done twice"
_DEADLY = "ended the workers that read it (please report this)"
_WAIT = 5.0  # seconds before the second try, twice that before the third
_PAUSE = 5.0  # seconds between two writings of the manifest, or more where that takes long
_PATIENCE = 20  # times as long as the last writing took


@contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A client of the scheduler at an address, or of one on this machine with so many workers.

    Its `dashboard_link` is where to watch it. Raises TargetError where it cannot be reached.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told as our errors
    if scheduler is None:
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=10)
    except (OSError, ValueError) as error:
        cure = "give the address that dask scheduler prints, tcp://HOST:8786"
        raise TargetError(scheduler, f"is no scheduler that answers: {error}", cure) from error
    with client:
        yield client


def outcomes(client: Client, sources: Iterable[str], manifest: Manifest) -> Iterator[Line | Failure]:
    """What becomes of each WARC, as it does; the manifest is written along, and in the end.

    A WARC is tried three times where a passing trouble stopped it. What a worker held that died goes to another. What
    several held that died is tried alone in the end, for Dask cannot tell which task it was; then it is a failure. A
    part that is there already is not made again. Raises TargetError where the scheduler is gone, its workers are not
    fit, or the manifest cannot be written.
    """
    for folder in (manifest.out, manifest.folder):
        stores.sweep(folder)
    manifest.write()  # which tells at once where that cannot be done
    _probe(client)
    writing = _Writing(manifest)
    waiting = iter(sources)
    suspects: list[str] = []
    running = as_completed([], loop=client.loop)
    try:
        for source in islice(waiting, _AT_ONCE):
            running.add(_begun(client, source, manifest, 1))
        for future in running:
            _, source, number = future.key
            outcome = _outcome(future, source)
            future.release()
            if outcome is None:
                suspects.append(source)
            elif isinstance(outcome, Failure) and outcome.is_passing and number < _TRIES:
                running.add(_begun(client, source, manifest, number + 1))
                continue
            else:
                manifest.note(outcome)
                writing.now_and_then()
                yield outcome
            for following in islice(waiting, 1):
                running.add(_begun(client, following, manifest, 1))
        for source in suspects:
            alone = _outcome(_begun(client, source, manifest, _ALONE), source)
            outcome = alone or Failure(source, f"{source}: {_DEADLY}")
            manifest.note(outcome)
            yield outcome
        stores.sweep(manifest.folder)
    finally:
        manifest.write()


class _Writing:
    """Writes a manifest every few seconds, less often where it takes long."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest, self._next = manifest, time.monotonic() + _PAUSE

    def now_and_then(self) -> None:
        begun = time.monotonic()
        if begun >= self._next:
            self._manifest.write()
            ended = time.monotonic()
            self._next = ended + max(_PAUSE, _PATIENCE * (ended - begun))


def _begun(client: Client, source: str, manifest: Manifest, number: int) -> Any:
    known = manifest.done.get(parts.name(source))
    work = Work(source, manifest.folder, __version__, known, _WAIT * max(0, number - 1))
    return client.submit(do, work, key=("warc", source, number), pure=False)


def _probe(client: Client) -> None:
    """Waits for a worker, and raises TargetError where it cannot run what is asked of it."""
    future = client.submit(ready, pure=False)
    error = future.exception()
    cure = "install social-post-archiver[cluster] where the workers run, in this version"
    if error is not None:
        raise TargetError("the workers", f"cannot run the archiver: {error}", cure)
    if (version := future.result()) != __version__:
        raise TargetError("the workers", f"have archiver {version}, this is {__version__}", cure)


def _outcome(future: Any, source: str) -> Line | Failure | None:
    """What became of a WARC, when that is known; None where workers died that held it."""
    try:
        error = future.exception()
        if isinstance(error, KilledWorker):
            return None
        if future.status == "finished":
            result: Line | Failure = future.result()
            return result
    except (OSError, CancelledError, asyncio.CancelledError) as gone:
        raise TargetError("the scheduler", "is gone", _AGAIN) from gone
    if future.status != "error":
        raise TargetError("the scheduler", "is gone", _AGAIN)
    return Failure(source, f"{source}: {_first_line(error)} (please report this)")


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__} {error}".strip().splitlines()[0]

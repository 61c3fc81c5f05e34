"""Whose turn it is: how often each host is asked."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx

from archiver.sources._settings import Settings
from archiver.sources.web import public
from archiver.sources.web._answers import NoAnswer

__all__ = ["LONGEST_PAUSE", "Hosts", "Turn"]

LONGEST_PAUSE = 120.0  # seconds that a host which asks for a pause is waited for
_IDLE = 64  # hosts to which connections are kept open while nothing is asked of them
_REMEMBERED = 10_000  # hosts of which is known when they were last asked


class _Host:
    """One host: who asks it, when it may be asked next, and the connections to it."""

    def __init__(self, settings: Settings) -> None:
        self.room = asyncio.Semaphore(settings.per_host)
        self.gate = asyncio.Lock()
        self.delay = settings.delay
        self.next = self.open = 0.0  # times of the event loop's clock
        self.users = 0
        self.transport: httpx.AsyncBaseTransport | None = None


class _Once:
    """Notes that a request was sent, so that the next one may wait for its time; once."""

    def __init__(self, host: _Host, is_paced: bool) -> None:
        self._host: _Host | None = host
        self._is_paced = is_paced

    def __call__(self) -> None:
        host, self._host = self._host, None
        if host is not None:
            if self._is_paced:
                host.next = asyncio.get_running_loop().time() + host.delay
            host.gate.release()


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to ask a host: what to ask it with, and what to call when the request is sent."""

    transport: httpx.AsyncBaseTransport
    started: Callable[[], None]


class Hosts:
    """Lets requests start: so many at once in all and for each host, and no two to one host without a delay between.

    A host is known by its name alone, whatever the scheme and port. No request starts while as many results as may run
    at once wait to be taken.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._connected: OrderedDict[str, _Host] = OrderedDict()  # a part of them
        self._slots = asyncio.Semaphore(settings.at_once)
        self._waiting = 0
        self._is_room = asyncio.Event()
        self._is_room.set()

    @asynccontextmanager
    async def turn(self, name: str, *, is_paced: bool = True) -> AsyncIterator[Turn]:
        """Waits until a host may be asked. `is_paced` is whether the delay counts.

        Raises NoAnswer where the host wants a longer pause than we wait.
        """
        host = self._host(name)
        host.users += 1
        try:
            async with host.room, AsyncExitStack() as held:
                await host.gate.acquire()  # until it is sent: a delay lies between what a host sees, too
                started = _Once(host, is_paced)
                held.callback(started)
                await self._until_open(host, is_paced)
                await held.enter_async_context(self._slots)
                await self._is_room.wait()
                if host.transport is None:
                    host.transport = public.transport(self._settings, self._settings.per_host)
                self._connected[name] = host
                self._connected.move_to_end(name)
                yield Turn(host.transport, started)
        finally:
            host.users -= 1
            await self._forget()

    def slow(self, name: str, delay: float) -> None:
        """Lets at least so many seconds pass between requests to a host."""
        host = self._host(name)
        host.delay = max(host.delay, delay)

    def pause(self, name: str, seconds: float) -> None:
        """Asks nothing of a host for so many seconds."""
        host = self._host(name)
        host.open = max(host.open, asyncio.get_running_loop().time() + seconds)

    def finished(self) -> None:
        """Notes a result that waits to be taken."""
        self._waiting += 1
        if self._waiting >= self._settings.at_once:
            self._is_room.clear()

    def taken(self) -> None:
        """Notes that a result was taken."""
        self._waiting -= 1
        if self._waiting < self._settings.at_once:
            self._is_room.set()

    async def aclose(self) -> None:
        """Closes all connections."""
        for name in list(self._connected):
            await self._close(name)

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            self._hosts[name] = _Host(self._settings)
        self._hosts.move_to_end(name)
        return self._hosts[name]

    async def _until_open(self, host: _Host, is_paced: bool) -> None:
        clock = asyncio.get_running_loop().time
        while (wait := max(host.open, host.next if is_paced else 0.0) - clock()) > 0:
            if host.open - clock() > LONGEST_PAUSE:
                raise NoAnswer(f"wants no requests for {host.open - clock():.0f} seconds", "try again later")
            await asyncio.sleep(wait)

    async def _forget(self) -> None:
        """Closes the connections to hosts that were not asked for the longest time, and forgets the oldest of them."""
        idle = [name for name, host in self._connected.items() if not host.users]
        for name in idle[: max(0, len(idle) - _IDLE)]:
            await self._close(name)
        now = asyncio.get_running_loop().time()
        while len(self._hosts) > _REMEMBERED:
            name, host = next(iter(self._hosts.items()))
            if host.users or max(host.next, host.open) > now:
                break
            del self._hosts[name]
            await self._close(name)

    async def _close(self, name: str) -> None:
        host = self._connected.pop(name, None)
        if host is not None and host.transport is not None:
            transport, host.transport = host.transport, None
            if transport is not self._settings.transport:
                await transport.aclose()

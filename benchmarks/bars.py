"""What a benchmark measured beside its bar, and processes measured."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

__all__ = ["ROOT", "Bar", "Spent", "say", "spent", "turns"]

ROOT = Path(__file__).resolve().parents[1]
_LONGEST = 3600  # seconds for one process


@dataclass(frozen=True, slots=True)
class Bar:
    """One measure beside its bar, which is a least value, or (`at_most`) a largest one; None where nothing is asked."""

    name: str
    measured: float
    bar: float | None = None
    at_most: bool = True
    told: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached; None where there is none."""
        if self.bar is None:
            return None
        return self.measured <= self.bar if self.at_most else self.measured >= self.bar


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process and its children spent: seconds of CPU and of the clock, and the memory of the largest in MB."""

    cpu: float
    clock: float
    peak: float
    output: str


def spent(*command: str | Path) -> Spent:
    """Runs a command to its end. Its children's CPU and memory count too. Raises RuntimeError where it fails."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    began = time.perf_counter()
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, env=environment
    ) as process:
        peak = _Peak(process.pid)
        assert process.stdout is not None
        output = process.stdout.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        clock = time.perf_counter() - began
        assert process.stderr is not None
        errors = process.stderr.read().decode()
    if process.returncode:
        raise RuntimeError(f"{command}: {errors.strip().splitlines()[-1:]}")
    return Spent(used.ru_utime + used.ru_stime, clock, max(used.ru_maxrss / 1024, peak.stop()), output)


def turns(rounds: int, commands: dict[str, tuple[str | Path, ...]]) -> dict[str, Spent]:
    """Each command's median by CPU time, the commands taking turns: A B C, A B C."""
    done: dict[str, list[Spent]] = {name: [] for name in commands}
    for number in range(rounds):
        for name, command in commands.items():
            done[name].append(spent(*command))
            say(f"{name}, round {number + 1}: {done[name][-1].cpu:.3f} s CPU, {done[name][-1].clock:.3f} s")
    return {
        name: Spent(
            median(each.cpu for each in all_),
            median(each.clock for each in all_),
            max(each.peak for each in all_),
            all_[0].output,
        )
        for name, all_ in done.items()
    }


def say(line: str) -> None:
    """A line of progress."""
    print(line, file=sys.stderr, flush=True)


class _Peak:
    """The memory of the largest process below one, looked at from time to time where the system tells it."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._over = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            for child in self._children(self._pid):
                try:
                    status = Path(f"/proc/{child}/status").read_text()
                except OSError:
                    continue
                for line in status.splitlines():
                    if line.startswith("VmHWM"):
                        self._peak = max(self._peak, int(line.split()[1]) / 1024)

    def _children(self, pid: int) -> list[int]:
        try:
            found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            return []
        return found + [below for child in found for below in self._children(child)]

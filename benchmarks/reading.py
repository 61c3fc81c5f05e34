"""The archiver's speed as ratios to its peers'."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import corpus
from benchmarks.bars import ROOT, Bar

HERE = ROOT / "benchmarks"
OURS = "ours"
LIMITS = ("lexbor", "html_parser")
PEERS = ("goose3", "tweetfinder")
BAR = 40.0  # times as many pages a second as a peer
BARS = {("none", "goose3"): (BAR, 400.0), ("none", "tweetfinder"): (BAR, 400.0), ("tweets", "lexbor"): (0.35,)}
SETS = {
    "all": "all HTML pages",
    "tweets": "pages with at least one tweet that must be found",
    "none": "pages without posts",
}
_LONGEST = 600  # seconds for one worker


class WorkerError(Exception):
    """A worker or its environment that failed; the message is its last line."""


@dataclass(frozen=True, slots=True)
class Run:
    """One timed pass of one worker over a set of pages."""

    pages: int
    cpu_seconds: float
    errors: int
    tweets_found: int | None


@dataclass(frozen=True, slots=True)
class Speed:
    """A worker's rounds over a set; `pages_per_second` is of the median round's CPU time."""

    pages_set: str
    worker: str
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        return median(run.cpu_seconds for run in self.runs)

    @property
    def pages_per_second(self) -> float:
        return self.runs[0].pages / self.seconds


@dataclass(frozen=True, slots=True)
class Ratio:
    """Pages a second, ours to a peer's; `bar` and `reached` are None where nothing is asked."""

    pages_set: str
    peer: str
    ratio: float
    bar: float | None
    reached: bool | None


def bars(folder: Path, rounds: int) -> Iterator[Bar]:
    """The bars of reading the pages of a corpus; prints the tables behind them."""
    skipped: dict[str, str] = {}
    workers = dict(_workers(skipped))
    speeds = list(_measured(_sets(folder.resolve(), skipped), workers, rounds, skipped))
    ratios = [ratio for speed in speeds for ratio in _ratios(speed, speeds)]
    print(_report(speeds, ratios, skipped))
    for each in ratios:
        yield Bar(f"pages, {SETS[each.pages_set]}: speed to {each.peer}'s", each.ratio, each.bar, at_most=False)


def _sets(folder: Path, skipped: dict[str, str]) -> dict[str, list[Path]]:
    try:
        found = corpus.pages(folder)
    except OSError as error:
        skipped.update(dict.fromkeys(SETS, f"the corpus's manifest cannot be read: {error.strerror}"))
        return {}
    skipped.update({name: "the corpus holds no such page" for name, paths in found.items() if not paths})
    return {name: paths for name, paths in found.items() if paths}


def _workers(skipped: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """Each worker's Python, in the order of a round."""
    yield from ((name, Path(sys.executable)) for name in (OURS, *LIMITS))
    for name in PEERS:
        try:
            yield name, _environment(name)
        except WorkerError as error:
            skipped[name] = f"its environment could not be made: {error}"


def _environment(name: str) -> Path:
    """The Python of a peer's own environment, made where it is missing or its requirements have changed."""
    folder = HERE / ".venvs" / name
    requirements = HERE / f"requirements-{name}.txt"
    stamp = folder / "installed.txt"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = requirements.read_text(encoding="utf-8")
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        _say(f"making the environment of {name}")
        _call([sys.executable, "-m", "venv", "--clear", str(folder)])
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _call([*pip, "--requirement", str(requirements)])
        stamp.write_text(wanted, encoding="utf-8")
    return python


def _measured(
    sets: dict[str, list[Path]], workers: dict[str, Path], rounds: int, skipped: dict[str, str]
) -> Iterator[Speed]:
    """Every worker's rounds over every set, the workers taking turns: A B C, A B C."""
    for pages_set, paths in sets.items():
        runs: dict[str, list[Run]] = {name: [] for name in workers}
        for number in range(1, rounds + 1):
            for name in [name for name in workers if name not in skipped]:
                _say(f"{pages_set}, round {number} of {rounds}: {name}")
                try:
                    runs[name].append(_run(name, workers[name], paths))
                except WorkerError as error:
                    skipped[name] = f"it failed: {error}"
        yield from (Speed(pages_set, name, tuple(done)) for name, done in runs.items() if len(done) == rounds)


def _run(name: str, python: Path, paths: list[Path]) -> Run:
    told = _call([str(python), "-m", f"benchmarks.peers.{name}"], "\n".join(map(str, paths)))
    return Run(**json.loads(told.splitlines()[-1]))


def _call(command: list[str], given: str = "") -> str:
    """What a command printed. It runs in the repository's folder, so that it finds these sources and no others."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            check=True,
            cwd=ROOT,
            encoding="utf-8",
            env=kept | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            timeout=_LONGEST,
        )
    except subprocess.CalledProcessError as error:
        raise WorkerError((error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]) from error
    except subprocess.TimeoutExpired as error:
        raise WorkerError(f"not done after {_LONGEST} s") from error
    return done.stdout


def _ratios(speed: Speed, speeds: list[Speed]) -> Iterator[Ratio]:
    """The worker's ratios, one for each bar."""
    ours = next((s for s in speeds if s.worker == OURS and s.pages_set == speed.pages_set), None)
    if ours is None or speed is ours:
        return
    ratio = ours.pages_per_second / speed.pages_per_second
    bars = BARS.get((speed.pages_set, speed.worker), (BAR,) if speed.worker in PEERS else (None,))
    for bar in bars:
        yield Ratio(speed.pages_set, speed.worker, ratio, bar, None if bar is None else ratio >= bar)


def _report(speeds: list[Speed], ratios: list[Ratio], skipped: dict[str, str]) -> str:
    lines = ["", "| pages | reader | n | CPU s, median (least-most) | pages/s | raised | tweets found |"]
    lines.append("|---|---|---:|---:|---:|---:|---:|")
    lines += [_speed_row(speed) for speed in speeds]
    lines += ["", "| pages | ours / peer | ratio | bar | reached |", "|---|---|---:|---:|---|"]
    for r in ratios:
        asked = "| |" if r.bar is None else f"{r.bar:g} | {'yes' if r.reached else 'no'} |"
        lines.append(f"| {r.pages_set} | ours / {r.peer} | {r.ratio:.2f} | {asked}")
    lines += ["", *(f"{name}: {meaning}" for name, meaning in SETS.items() if name not in skipped)]
    lines += [f"skipped {name}: {why}" for name, why in skipped.items()]
    return "\n".join(lines)


def _speed_row(speed: Speed) -> str:
    seconds = [run.cpu_seconds for run in speed.runs]
    run = speed.runs[0]
    tweets = "" if run.tweets_found is None else run.tweets_found
    spread = f"{speed.seconds:.3f} ({min(seconds):.3f}-{max(seconds):.3f})"
    fields = (speed.pages_set, speed.worker, run.pages, spread, f"{speed.pages_per_second:.1f}", run.errors, tweets)
    return f"| {' | '.join(map(str, fields))} |"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

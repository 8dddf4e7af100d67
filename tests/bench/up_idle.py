"""The example estate left alone, beside the build of before: memory, processor time, disk and `verify`.

    python -m tests.bench up-idle                                         an hour, as below
    python -m tests.bench.night --minutes 480 --record night.jsonl        a night

Both estates run at once on one machine, so that what else goes on there strikes both. The build of before is
a git worktree of `BEFORE`, made for the run and removed after it, or the checkout that `--baseline` names.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from singlepane import output
from tests.bench.figures import Benchmark, Figure, Series
from tests.bench.idling import Sample, sample
from tests.verify.running import EXAMPLE, RunningEstate, free_base, singlepane

# The last commit whose estate kept blocks of 30 seconds for good.
BEFORE = "82ffe83"
MINUTES = 60.0
# Memory is compared with what it was then, and idle processor time is counted from there.
SETTLED_SECONDS = 120.0
EVERY_SECONDS = 60.0
VERIFICATIONS = 2
VERIFY_SECONDS = 300.0
REPOSITORY = Path(__file__).parents[2]
# Between the first ports of the two estates; more than one estate has.
APART = 400
MIB = float(1 << 20)


@dataclass(frozen=True, slots=True)
class Plan:
    """`baseline`: a checkout of the build to compare with, None for one that is made and removed again.

    `record`: a file that takes a line of JSON for each sample. `base`: the first port, 0 for any free one.
    """

    minutes: float = MINUTES
    baseline: Path | None = None
    record: Path | None = None
    base: int = 0


@dataclass(slots=True)
class Watched:
    """One estate of the run, and what was seen of it.

    `green` is seconds from `up` to the first whole proof, `early` and `late` are those of verifications of an
    estate that runs, at the begin and at the end; `broken` are the causes of those that did not hold.
    """

    name: str
    estate: RunningEstate
    began: float = field(default_factory=time.monotonic)
    green: tuple[float, ...] = ()
    early: tuple[float, ...] = ()
    late: tuple[float, ...] = ()
    broken: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    def start(self) -> None:
        """Up, and verified: from nothing, then as it runs."""
        self.began = time.monotonic()
        self.estate.up().good()
        self.verified()
        self.green = (time.monotonic() - self.began,)
        self.early = tuple(self.verified() for _ in range(VERIFICATIONS))

    def finish(self) -> None:
        """Verified once more."""
        self.late = tuple(self.verified() for _ in range(VERIFICATIONS))

    def verified(self) -> float:
        """Seconds of one verification; one that does not hold is told."""
        ran, document = self.estate.verify(VERIFY_SECONDS)
        if ran.code:
            first = document.get("first_broken") or {}
            self.broken.append(f"{first.get('hop')}: {first.get('cause')}" if first else ran.err.strip())
        return ran.seconds

    def look(self) -> Sample:
        """Take a sample."""
        self.samples.append(sample(self.estate, self.began))
        return self.samples[-1]

    def settled(self) -> Sample:
        """The first sample after it had time to settle."""
        return next(each for each in self.samples if each.at >= SETTLED_SECONDS)


def run(place: Path, plan: Plan | None = None) -> Iterator[Figure]:
    """Both estates up, watched, verified at the end, and down."""
    plan = plan or Plan()
    singlepane("engines", "build").good()
    base = plan.base or free_base()
    with _baseline(place, plan.baseline) as checkout, _recorder(plan.record) as record:
        now = Watched("now", RunningEstate(place / "now", base))
        before = Watched(
            f"the build of {_commit(checkout)}",
            RunningEstate(place / "before", base + APART, _example(checkout), checkout),
        )
        rows = (now, before)
        try:
            with ThreadPoolExecutor(len(rows)) as pool:
                starting = [pool.submit(row.start) for row in rows]
                end = time.monotonic() + 60 * plan.minutes
                time.sleep(SETTLED_SECONDS)
                _look(rows, record)
                while (left := end - time.monotonic()) > 0:
                    time.sleep(min(left, EVERY_SECONDS))
                    _look(rows, record)
                for done in (*starting, *[pool.submit(row.finish) for row in rows]):
                    done.result()
        finally:
            for row in rows:
                row.estate.down()
    for row in rows:
        for cause in row.broken:
            output.message(f"{row.name}: a verification did not hold: {cause}")
    yield from _figures(now, before)


def _look(rows: Iterable[Watched], record: Callable[[str, Sample], None]) -> None:
    for row in rows:
        record(row.name, row.look())


def _figures(now: Watched, before: Watched) -> Iterator[Figure]:
    """What the goals speak of, each beside the build of before; then memory and processor by component."""

    def beside(what: str, unit: str, value: Callable[[Watched], Sequence[float]]) -> Figure:
        return Figure(Series(what, tuple(value(now))), unit, Series(f"{before.name}", tuple(value(before))))

    minutes = f"{now.samples[-1].at / 60:.0f} min"
    own_early = Series("its own at minute two", (now.settled().memory / MIB,))
    yield Figure(Series(f"memory at {minutes}", (now.samples[-1].memory / MIB,)), "MiB", own_early)
    yield Figure(
        Series(f"verify at {minutes}", now.late), "s", Series("its own at the begin", now.early or (0.0,))
    )
    yield beside("up to verify green, from nothing", "s", lambda row: row.green)
    yield beside("verify as it runs, at the begin", "s", lambda row: row.early)
    yield beside(f"verify as it runs, at {minutes}", "s", lambda row: row.late)
    yield beside("memory at minute two", "MiB", lambda row: [row.settled().memory / MIB])
    yield beside(f"memory at {minutes}", "MiB", lambda row: [row.samples[-1].memory / MIB])
    yield beside(
        f"memory at {minutes}, shared pages once",
        "MiB",
        lambda row: [sum(row.samples[-1].proportional.values()) / MIB],
    )
    # A Prometheus that writes a block takes half a gigabyte for a moment.
    yield beside(f"disk at {minutes}", "MiB", lambda row: [min(each.disk for each in row.samples[-3:]) / MIB])
    yield beside("idle processor, of one core", "%", _used)
    for name in now.samples[-1].resident:
        yield beside(f"processor of {name}", "%", partial(_used, component=name))
        yield beside(f"memory of {name}", "MiB", partial(_held, component=name))


def _held(row: Watched, component: str) -> Sequence[float]:
    """MiB resident at the end."""
    return [row.samples[-1].resident.get(component, 0.0) / MIB]


def _used(row: Watched, component: str = "") -> Sequence[float]:
    """Hundredths of a core used from minute two to the end, by one component or, unnamed, by all."""
    first, last = row.settled(), row.samples[-1]
    used = [
        last.processor.get(name, 0.0) - first.processor.get(name, 0.0)
        for name in ([component] if component else last.processor)
    ]
    return [100 * sum(used) / (last.at - first.at)]


@contextmanager
def _baseline(place: Path, given: Path | None) -> Iterator[Path]:
    """The checkout to compare with."""
    if given is not None:
        yield given
        return
    made = place / "build-of-before"
    _git("worktree", "add", "--detach", str(made), BEFORE)
    try:
        yield made
    finally:
        _git("worktree", "remove", "--force", str(made))


def _example(checkout: Path) -> Path:
    return checkout / EXAMPLE.relative_to(REPOSITORY)


def _commit(checkout: Path) -> str:
    return _git("rev-parse", "--short", "HEAD", at=checkout)


def _git(*arguments: str, at: Path = REPOSITORY) -> str:
    command = [shutil.which("git") or "git", *arguments]
    done = subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def _recorder(path: Path | None) -> Iterator[Callable[[str, Sample], None]]:
    """Writes samples as they come, so that a run that is cut short leaves what it saw."""
    if path is None:
        yield lambda name, seen: None
        return
    with path.open("w", encoding="utf-8") as file:

        def write(name: str, seen: Sample) -> None:
            print(json.dumps({"estate": name, **asdict(seen)}), file=file, flush=True)

        yield write


BENCHMARK = Benchmark(
    "up-idle",
    "The example estate left alone for an hour, beside the build of before.",
    run,
    by_name_only=True,
)

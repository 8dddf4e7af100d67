"""promtool and pint asked about files of rules: once for all files, without any network."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from alerts.lint import pint
from alerts.lint.programs import Problem, name, of_pint, of_promtool, refused
from alerts.lint.values import Part
from deploy import engines
from estate.errors import SurroundingsError
from singlepane.building import Building

_PROMTOOL = ("check", "rules", "--lint=all", "--lint-fatal", "--ignore-unknown-fields")
# What promtool says by its exit code: all is well, something is refused, its lint found something.
_ANSWERS = (0, 1, 3)
_SECONDS = 300


def ask(parts: Sequence[Part]) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """What promtool and what pint say. Both are built where they are missing. Raises EngineError, and
    SurroundingsError where one of them does not answer.
    """
    with Building() as building:
        programs = engines.ensure(["promtool", "pint"], building)
    with TemporaryDirectory(prefix="singlepane-lint-") as made:
        folder = Path(made)
        files = [name(place) for place in range(len(parts))]
        for file, part in zip(files, parts, strict=True):
            (folder / file).write_text(part.text, encoding="utf-8", newline="")
        (folder / "pint.hcl").write_text(pint.configuration(), encoding="utf-8")
        said = _run([str(programs["promtool"]), *_PROMTOOL, *files], folder)
        if said.returncode not in _ANSWERS:
            raise _silent("promtool", said.stdout)
        # pint is not made for what is no rule file, and would end before it has looked at the others.
        left = refused(said.stdout)
        sound = [file for place, file in enumerate(files) if parts[place].sound and place not in left]
        if not sound:
            return of_promtool(said.stdout, parts), ()
        report = folder / "report.json"
        printed = _run([str(programs["pint"]), *pint.ASKED, "--json", report.name, *sound], folder).stdout
        if not report.exists():
            raise _silent("pint", printed)
        return of_promtool(said.stdout, parts), of_pint(report.read_text(encoding="utf-8"), parts)


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _silent(Path(command[0]).name, f"nothing within {_SECONDS} s") from None


def _silent(program: str, printed: str) -> SurroundingsError:
    lines = printed.strip().splitlines() or ["nothing"]
    return SurroundingsError(f"{program} could not read the files: {lines[-1]}", "Lint fewer files at once.")

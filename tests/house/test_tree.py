"""House rules that hold for the tree as a whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?:^|[^A-Za-z0-9_.~-])/(?:work|farm|root|home/[a-z]+)/")
LONGEST = 400


def tracked(*patterns: str) -> list[Path]:
    """Files under version control, or of the folder as it is where there is no git."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--", *patterns],  # noqa: S607 (git is what made this tree)
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def test_python_files_are_small() -> None:
    """A file over 400 lines is more than one thing."""
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in tracked("*.py")}
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}


def test_links_between_pages_lead_somewhere() -> None:
    """Every relative link of every page names a file that exists."""
    broken = []
    for page in tracked("*.md"):
        for link in LINK.findall(page.read_text()):
            target = link.split("#")[0]
            elsewhere = not target or "://" in target or target.startswith(("mailto:", "/"))
            if not elsewhere and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert broken == []


def test_no_path_of_a_machine() -> None:
    """Nothing in the tree names a folder of the machine it was written on."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("*.py", "*.md", "*.yaml", "*.json", "*.toml", "Makefile", "Dockerfile", ".ci/*")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []

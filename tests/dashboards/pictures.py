"""Pictures of all dashboards for docs/dashboards/pictures.md: `python -m tests.dashboards.pictures [UID …]`.

Each is what `singlepane dashboards preview` draws of the hour of an estate that the tests run on: two
clusters that report, one that is silent, and in each something that is not well. Needs a Chromium.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from dashboards import DASHBOARDS
from dashboards.values import Dashboard
from tests.dashboards.recorded import filled
from tests.dashboards.series import BEGIN, END
from tests.dashboards.server import prometheus

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "dashboards" / "pictures.md"
FOLDER = DOCS / "images" / "dashboards"
WIDTH = 1280
# Rates need some minutes before them.
LEAD = 600


def file_of(dashboard: Dashboard) -> str:
    """The name of its picture."""
    return f"{dashboard.uid.removeprefix('singlepane-')}.png"


def page() -> str:
    """The page that shows all of them, in the order in which the dashboards are listed."""
    rows = [
        f"## {each.title}\n\n{each.about}\n\n![{each.title}](../images/dashboards/{file_of(each)})\n"
        for each in DASHBOARDS
    ]
    return "\n".join([_HEAD, *rows])


_HEAD = """\
# Pictures of all dashboards

Each is drawn by `singlepane dashboards preview` without a Grafana, of one made-up hour: two clusters that
report, one that is silent, and in each something that is not well. Values are simple on purpose, so lines are
straight; the tests hold each of them. `python -m tests.dashboards.pictures` draws them anew.
"""


def main(uids: list[str]) -> int:
    """Draw those named, or all; write the page. 1 when a panel failed or had no data."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    failed = 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with prometheus(folder, filled(folder)) as client:
            for each in DASHBOARDS:
                if uids and each.uid not in uids:
                    continue
                done = _drawn(each, str(client.base_url), folder)
                words = (done.stdout + done.stderr).strip().rpartition(": ")[2]
                failed += done.returncode != 0 or "0 without data" not in words
                print(f"{each.title}: {words}", flush=True)
    return int(failed > 0)


def _drawn(dashboard: Dashboard, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-P", "-c", "from singlepane.main import main; main()", "dashboards", "preview"]
    moments = ["--from", str((BEGIN + LEAD) * 1000), "--to", str(END * 1000)]
    files = ["--out", str(folder / "page.html"), "--png", str(FOLDER / file_of(dashboard))]
    return subprocess.run(
        [*words, dashboard.uid, "--url", url, *moments, *files, "--width", str(WIDTH)],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

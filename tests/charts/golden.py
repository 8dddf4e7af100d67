"""What is written into the chart `exporter`, and the expected files of its tests.

`python -m tests.charts.golden` writes them anew; read the diff.
"""

from __future__ import annotations

from pathlib import Path

from deploy.charts import FOLDER
from deploy.charts.written import files
from tests.charts.helm import notes, rendered

DATA = Path(__file__).parents[1] / "data" / "charts"
CASES = tuple(sorted(path.name.split(".")[0] for path in DATA.glob("*.values.yaml")))


def objects(case: str) -> str:
    """What the chart makes of the values of a case; the dashboard is a file of its own."""
    values = (DATA / f"{case}.values.yaml").read_text(encoding="utf-8")
    return rendered("exporter", values, "--set=dashboards.enabled=false")


def main() -> None:
    """Write all of them."""
    for name, text in files().items():
        path = FOLDER / "exporter" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for case in CASES:
        (DATA / f"{case}.yaml").write_text(objects(case), encoding="utf-8")
    minimal = (DATA / "minimal.values.yaml").read_text(encoding="utf-8")
    (DATA / "minimal.notes.txt").write_text(notes("exporter", minimal), encoding="utf-8")


if __name__ == "__main__":
    main()

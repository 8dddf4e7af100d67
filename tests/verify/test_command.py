"""What `singlepane verify` shows, and how it ends where there is nothing to verify."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.verify import HopResult
from estate.errors import NotRunning
from singlepane.commands.verify import report, verify
from tests.verify.test_results import RESULTS, verification


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    """Standard output without the blanks that fill columns."""
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines()) + "\n"


def test_report_of_a_broken_path(capsys: pytest.CaptureFixture[str]) -> None:
    """A table for each replica, then the first broken hop with its cause and remedy."""
    report(verification(*RESULTS))
    assert printed(capsys) == (
        "weu, replica 0\n"
        "HOP               RESULT  SECONDS  SEEN\n"
        "exporter-answers  ok      0.0      2 exporters, 58 series\n"
        "scraped           ok      0.2      2 targets up\n"
        "external-labels   BROKEN  1.0      another cause\n"
        "\n"
        "weu, replica 1\n"
        "HOP               RESULT       SECONDS  SEEN\n"
        "exporter-answers  ok           0.0      2 exporters, 58 series\n"
        "scraped           BROKEN       4.6      a cause\n"
        "external-labels   not reached\n"
        "\n"
        "first broken hop: scraped of weu, replica 1\n"
        "  cause:  a cause\n"
        "  remedy: A remedy.\n"
    )


def test_report_of_a_whole_path(capsys: pytest.CaptureFixture[str]) -> None:
    """The verdict counts replicas and says how long it took."""
    report(verification(*RESULTS[:2]))
    assert printed(capsys).endswith("\nverified: every hop holds for 1 replica in 5.4 s\n")


def test_report_of_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """An estate without Prometheus is not said to be verified."""
    report(verification())
    assert printed(capsys) == "nothing to verify: the estate has no Prometheus\n"


def test_causes_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Square brackets of an error are no markup."""
    report(verification(HopResult("scraped", "weu", 0, False, "broken", "no [bold] one", "Try [x].", 1.0)))
    assert "  cause:  no [bold] one\n  remedy: Try [x].\n" in printed(capsys)


def test_estate_that_was_never_up(tmp_path: Path) -> None:
    """There is nothing to verify where nothing was started; the exit code says surroundings."""
    with pytest.raises(NotRunning) as error:
        verify(state=tmp_path / "none", timeout=1)
    assert error.value.exit_code == 3

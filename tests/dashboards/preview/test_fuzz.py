"""Documents with something wrong in them: a page or a refusal in words, never a traceback or their markup."""

from __future__ import annotations

import pytest

from dashboards.preview.reading.document import NotADashboard, read
from tests.dashboards.preview.mutated import mutated, originals, previewed

DOCUMENTS = originals()


@pytest.mark.parametrize("begin", range(0, 60, 20))
def test_mutated_dashboards(begin: int) -> None:
    """Each is shown as far as it can be."""
    for number in range(begin, begin + 20):
        shown = previewed(mutated(DOCUMENTS, number))
        assert "<b>b</b>" not in shown and "<i>neu</i>" not in shown, number


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "x.json:1:1: not JSON"),
        (b'{"title": "a",\n}', "x.json:2:1: not JSON"),
        (b"[]", "x.json: no dashboard"),
        (b"\xff", "x.json: not UTF-8"),
        (b'{"kind": "Dashboard", "spec": {"title": "a"}}', "x.json: a dashboard of the resource form"),
    ],
)
def test_what_is_no_dashboard(content: bytes, said: str) -> None:
    """File, line where there is one, and a remedy."""
    with pytest.raises(NotADashboard) as refusal:
        read(content, "x.json")
    assert refusal.value.message.startswith(said)
    assert refusal.value.remedy

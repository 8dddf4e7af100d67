"""Bearer tokens behind references: what editors leave in their files, and what no header carries."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporters.collector import CollectorError
from exporters.configuration.secrets import bearer


@pytest.mark.parametrize(
    "content", [b"token", b"token\n", b"token\r\n", b"\xef\xbb\xbftoken\r\n", b"  token \t\n", b"\ntoken\n"]
)
def test_what_stands_around_a_token_is_no_part_of_it(content: bytes, tmp_path: Path) -> None:
    """Line ends of both kinds, blanks, and the byte order mark of some editors."""
    file = tmp_path / "token"
    file.write_bytes(content)
    assert bearer(f"file:{file}") == "token"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Bearer hunter2", "character 7 of the secret {} is a blank; it holds the token alone, without"),
        ("hunter2ä", "character 8 of the secret {} is a letter outside ASCII"),
        ("hunter2\nhunter3", "character 8 of the secret {} is a line break; it holds one line"),
        ("hunter2\r\nhunter3", "character 8 of the secret {} is a line break; it holds one line"),
        ("hunter2\thunter3", "character 8 of the secret {} is a tab"),
        ("hunter2\x7f", "character 8 of the secret {} is a character that no token has"),
        ("\r\n \t", "the secret {} is empty or not set"),
        ("\ufeff", "the secret {} is empty or not set"),
    ],
)
def test_what_no_header_carries_is_said(content: str, said: str, tmp_path: Path) -> None:
    """RFC 6750 section 2.1 and RFC 9110 section 5.5: the place is named, the value never."""
    file = tmp_path / "token"
    file.write_text(content, newline="")
    with pytest.raises(CollectorError) as caught:
        bearer(f"file:{file}")
    assert said.format(f"file:{file}") in str(caught.value)
    assert "hunter" not in str(caught.value)


def test_a_file_of_another_encoding(tmp_path: Path) -> None:
    """UTF-16, which some shells write, is no UTF-8."""
    file = tmp_path / "token"
    file.write_text("hunter2", encoding="utf-16")
    with pytest.raises(CollectorError, match="cannot be read: it is not UTF-8"):
        bearer(f"file:{file}")


def test_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables are read in the same way, as a target fills them from files."""
    monkeypatch.setenv("SHOP_TOKEN", "\ufefftoken\n")
    assert bearer("env:SHOP_TOKEN") == "token"
    monkeypatch.setenv("SHOP_TOKEN", "tökén")
    with pytest.raises(CollectorError, match="character 2 of the secret env:SHOP_TOKEN is a letter outside"):
        bearer("env:SHOP_TOKEN")

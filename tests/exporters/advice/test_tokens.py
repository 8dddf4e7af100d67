"""`exporter check` says beforehand of what no bearer token can be made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exporters.advice.test_check_plan import run

CONFIG = """\
apiVersion: singlepane/v1
name: shop
exporters:
  orders:
    kind: json
    url: https://api.shop.example/orders
    bearer: file:{token}
    metrics: [{{name: orders_total, type: counter, help: Orders., value: total}}]
  carts:
    kind: json
    url: https://api.shop.example/carts
    metrics: [{{name: carts, help: Carts., value: carts}}]
modules:
  pages:
    kind: json
    targets: [https://api.shop.example]
    bearer: env:SHOP_TOKEN_OF_PAGES
    metrics: [{{name: pages, help: Pages., value: pages}}]
"""


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"token-of-orders\n", ""),
        (b"\xef\xbb\xbftoken-of-orders\r\n", ""),
        ("tok\u00e4n-of-orders".encode(), "character 4 of the secret {at} is a letter outside ASCII"),
        (b"Bearer token-of-orders", "character 7 of the secret {at} is a blank"),
        (b"t\xe4", "the secret {at} cannot be read: it is not UTF-8"),
        (b"", "the secret {at} is empty or not set"),
        (None, "the secret {at} cannot be read: No such file or directory"),
    ],
)
def test_tokens_are_read_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: bytes | None, said: str
) -> None:
    """What a cycle would refuse, with the key that names it; never the token itself. No request is made."""
    monkeypatch.setenv("SHOP_TOKEN_OF_PAGES", "token-of-pages")
    token = tmp_path / "token"
    if held is not None:
        token.write_bytes(held)
    file = tmp_path / "exporter.yaml"
    file.write_text(CONFIG.format(token=token))
    code, document = run("check", "--config", str(file))
    found = [(each["path"], each["code"], each["message"]) for each in document["mismatches"]]
    assert (code, document["well"]) == ((1, False) if said else (0, True))
    assert bool(found) == bool(said)
    for path, kind, message in found:
        assert (path, kind) == ("exporters.orders.bearer", "bearer")
        assert said.format(at=f"file:{token}") in message
        assert "of-orders" not in message


def test_tokens_of_modules_are_read_too(tmp_path: Path) -> None:
    """By the key of the module."""
    (tmp_path / "token").write_text("token-of-orders")
    file = tmp_path / "exporter.yaml"
    file.write_text(CONFIG.format(token=tmp_path / "token"))
    code, document = run("check", "--config", str(file))
    assert (code, [each["path"] for each in document["mismatches"]]) == (1, ["modules.pages.bearer"])

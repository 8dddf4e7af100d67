"""The whole product once: up, verify, what the state folder keeps, down, nothing left."""

from __future__ import annotations

import json
from pathlib import Path

from deploy.verify import HOPS
from tests.verify.links import followed
from tests.verify.running import RunningEstate, free_base, singlepane

CHAINS = [("hub-weu", 0), ("prod-weu", 0), ("prod-weu", 1), ("prod-neu", 0)]
NOTHING: dict[str, list[str]] = {"processes": [], "ports": []}


def test_up_verify_down(tmp_path: Path) -> None:
    """An estate comes up, every hop holds, every link opens, and nothing is left when it is down."""
    estate = RunningEstate(tmp_path / "state", free_base())
    try:
        up = estate.up().good()
        assert "prometheus-prod-weu-1" in up.out
        ran, document = estate.verify(180)
        assert ran.code == 0, document.get("first_broken")
        expected = [
            (cluster, replica, hop.name)
            for cluster, replica in CHAINS
            for hop in HOPS
            # Without TLS there are no certificates. The hub has no Azure exporter of its own, and its
            # clock is the one that others are compared with. Dashboards are about all clusters.
            if hop.target in ("", "local")
            and hop.name != "certificates-valid"
            and (hop.name != "dashboards-shown" or cluster == "hub-weu")
            and not (hop.name in ("azure-truth", "clocks-agree") and cluster == "hub-weu")
        ]
        assert [(row["cluster"], row["replica"], row["hop"]) for row in document["results"]] == expected
        assert document["ok"]
        # The server verifies now and then, too; the last one is kept.
        kept = json.loads((estate.state / "verification.json").read_text())
        assert kept["started"] >= document["started"]
        assert [row["hop"] for row in kept["results"]] == [row["hop"] for row in document["results"]]
        both = estate.query('count by (cluster) (up{cluster=~"prod-.*"})')
        assert sorted(row["metric"]["cluster"] for row in both) == ["prod-neu", "prod-weu"]
        links = followed(f"http://{estate.address('server')}/")
        assert {url: answer for url, answer in links.items() if answer != "200"} == {}
        assert f"http://{estate.address('query')}/" in links
        text = estate.command("verify")
        assert text.code == 0, text.out
        assert text.out.rstrip().splitlines()[-1].startswith("verified: every hop holds for 4 replicas in ")
    finally:
        down = estate.down()
    assert down.code == 0, down.err
    assert estate.left() == NOTHING
    after = estate.command("verify")
    assert after.code == 3
    assert "is not up" in after.err
    singlepane("down", "--purge", "--state", str(estate.state)).good()
    assert not estate.state.exists()

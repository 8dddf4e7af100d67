"""Reading files: what a machine can put in the way, includes, defaults, and the example."""

from __future__ import annotations

import os
import socket
import tracemalloc
from pathlib import Path

import pytest

from estate.builder import MOST_VALUES
from estate.errors import EstateInvalid
from estate.findings import Finding, Position
from estate.load import load
from estate.model import AzureExporter, EstateExporter, JsonExporter
from estate.source import LIMIT_BYTES
from tests.estate.bad import FOLDER, inside, transcript
from tests.estate.fuzz import EXAMPLE, SMALL


def refused(path: Path) -> tuple[Finding, ...]:
    """The findings of a file that is not valid."""
    with pytest.raises(EstateInvalid) as caught:
        load(path)
    assert caught.value.exit_code == 2
    return caught.value.findings


def test_example_is_valid_without_warnings() -> None:
    """The estate of `up` has nothing to warn of, and says what the tour needs."""
    loaded = load(EXAMPLE)
    estate = loaded.estate
    assert loaded.findings == ()
    assert (estate.name, estate.hub, estate.workloads()) == ("shop", "hub-weu", ("prod-weu", "prod-neu"))
    assert {name: cluster.prometheus.replicas for name, cluster in estate.clusters.items()} == {
        "hub-weu": 1,
        "prod-weu": 2,
        "prod-neu": 1,
    }
    assert [type(exporter) for exporter in estate.exporters.values()] == [
        AzureExporter,
        JsonExporter,
        EstateExporter,
    ]


def test_defaults_are_laid_under_rows_key_by_key() -> None:
    """A row that sets one key of `prometheus` keeps the others of the defaults."""
    settings = load(EXAMPLE).estate.clusters["prod-weu"].prometheus
    assert (settings.replicas, settings.scrape_interval, settings.series) == (2, "5s", 200_000)


def test_labels_of_a_row_replace_those_of_defaults(tmp_path: Path) -> None:
    """Only `prometheus` is laid under key by key; other groups are taken whole."""
    text = SMALL.read_text().replace(
        "clusters:\n", "defaults: {cluster: {labels: {stage: prod, team: shop}}}\nclusters:\n"
    )
    text = text.replace('"1.36"}', '"1.36", labels: {stage: test}}')
    text += "  repeat: 1h\n"
    file = tmp_path / "estate.yaml"
    file.write_text(text)
    assert load(file).estate.clusters["hub-weu"].labels == {"stage": "test"}


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    """CRLF changes neither values nor the lines of findings."""
    file = tmp_path / "estate.yaml"
    file.write_bytes(SMALL.read_bytes().replace(b"\n", b"\r\n").replace(b"westeurope", b"West"))
    assert refused(file)[0].position == Position(str(file), 8, 41)


def test_missing_file(tmp_path: Path) -> None:
    """A path that leads nowhere is said as such."""
    file = tmp_path / "nothing.yaml"
    assert transcript(refused(file)) == (
        f"{file} error file-missing\n    there is no such file\n    -> check the path\n"
    )


def test_folder(tmp_path: Path) -> None:
    """So is a folder."""
    assert [row.code for row in refused(tmp_path)] == ["file-is-folder"]


def test_what_is_no_regular_file_does_not_hang(tmp_path: Path) -> None:
    """A pipe without a writer, a socket, a device and a file used as a folder are refused at once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as server, inside(tmp_path):
        server.bind("socket")
        paths = [pipe, Path("socket"), Path(os.devnull), SMALL / "estate.yaml", tmp_path / ("x" * 300)]
        assert [[row.code for row in refused(path)] for path in paths] == [["file-unreadable"]] * 5


def test_what_hinders_is_what_the_fix_is_about(tmp_path: Path) -> None:
    """Links in a circle, a file among the folders and a long name are no question of permissions."""
    (tmp_path / "one").symlink_to("other")
    (tmp_path / "other").symlink_to("one")
    (tmp_path / "file").touch()
    paths = [tmp_path / "one", tmp_path / "file" / "estate.yaml", tmp_path / ("x" * 300)]
    assert [(row.message, row.fix) for path in paths for row in refused(path)] == [
        (
            "the file cannot be read: Too many levels of symbolic links",
            "symbolic links lead in a circle: see them with ls -l, and name the file itself",
        ),
        (
            "the file cannot be read: Not a directory",
            "a part of the path is a file, not a folder: check the path",
        ),
        ("the file cannot be read: File name too long", "a name in the path is too long: check the path"),
    ]


def test_large_file_is_not_read(tmp_path: Path) -> None:
    """50 MB are refused by size, without loading them."""
    file = tmp_path / "estate.yaml"
    with file.open("wb") as out:
        out.truncate(50_000_000)
    tracemalloc.start()
    found = refused(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    assert transcript(found) == (
        f"{file} error file-too-large\n"
        "    the file has 50,000,000 bytes; an estate may have 4,194,304 in all its files\n"
        "    -> nothing of it was read; is it an estate file?\n"
    )


def test_files_share_one_limit(tmp_path: Path) -> None:
    """Many files cannot hold what one may not."""
    (tmp_path / "estate.yaml").write_text(SMALL.read_text() + "include: [one.yaml, two.yaml]\n")
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("# filled\n" + "#" * (LIMIT_BYTES // 2) + "\ntenants: {}\n")
    with inside(tmp_path):
        found = refused(Path("estate.yaml"))
    assert [(row.code, str(row.position)) for row in found] == [
        ("file-too-large", "estate.yaml:17:21"),
    ]
    assert "are used by other files" in found[0].message


def test_too_many_values(tmp_path: Path) -> None:
    """A file of a hundred thousand values is something else, and is left after them."""
    file = tmp_path / "estate.yaml"
    file.write_text("- a\n" * MOST_VALUES)
    assert [(row.code, row.position.line) for row in refused(file)] == [("too-many-values", MOST_VALUES)]


def test_includes_spread_rows_over_files(tmp_path: Path) -> None:
    """Rows and sections may stand in other files; those may include more, by paths from where they are."""
    (tmp_path / "clusters" / "north").mkdir(parents=True)
    small = SMALL.read_text().replace("metrics:\n  store: {account: shopmetrics, container: thanos}\n", "")
    (tmp_path / "estate.yaml").write_text(small + "include: [metrics.yaml, clusters/prod.yaml]\n")
    (tmp_path / "metrics.yaml").write_text("metrics:\n  store: {account: shopmetrics, container: thanos}\n")
    (tmp_path / "clusters" / "prod.yaml").write_text(
        "apiVersion: singlepane/v1\ninclude: [north/neu.yaml, ../tenants.yaml]\n"
        'clusters:\n  prod-weu: {subscription: prod, region: westeurope, version: "1.36"}\n'
    )
    (tmp_path / "clusters" / "north" / "neu.yaml").write_text(
        'clusters:\n  prod-neu: {subscription: neu, region: northeurope, version: "1.36"}\n'
        "subscriptions:\n  neu: {id: 2b1c8f30-7d51-4c8e-9a46-3f1f6d2b0009, tenant: second}\n"
    )
    (tmp_path / "tenants.yaml").write_text("tenants:\n  second: {id: 6f0f4c2e-5a55-4d0f-9d8e-0f7f1c1a0009}\n")
    loaded = load(tmp_path / "estate.yaml")
    assert loaded.findings == ()
    assert loaded.estate.workloads() == ("prod-weu", "prod-neu")
    assert list(loaded.estate.tenants) == ["main", "second"]
    assert loaded.estate.metrics.store.account == "shopmetrics"


def test_a_link_to_a_file_is_the_same_file(tmp_path: Path) -> None:
    """A cycle is noticed by the file itself, whatever it is called."""
    (tmp_path / "estate.yaml").write_text(SMALL.read_text() + "include: [again.yaml]\n")
    (tmp_path / "again.yaml").symlink_to(tmp_path / "estate.yaml")
    with inside(tmp_path):
        found = refused(Path("estate.yaml"))
    assert [row.code for row in found] == ["include-cycle"]


def test_a_part_that_cannot_be_read_hides_no_other_errors() -> None:
    """Wrong values in the other files are said; rows that are missing are not, as the part may hold them."""
    with inside(FOLDER):
        codes = [row.code for row in refused(Path("include-broken-part.yaml"))]
    assert codes == ["unquoted", "empty", "yaml-syntax"]


def test_a_wrong_default_is_one_finding() -> None:
    """However many clusters inherit it, it is said once, where it stands."""
    with inside(FOLDER):
        found = refused(Path("defaults-wrong-value.yaml"))
    assert [row.path for row in found if row.code == "unquoted"] == ["defaults.cluster.version"]

"""The snapshot: parts joined into one body, plain and as one gzip member."""

from __future__ import annotations

import gzip
import zlib

from hypothesis import given
from hypothesis import strategies as st

from exporters.exposition.metrics import Family, Labels, Sample, gauge, render
from exporters.exposition.snapshot import body, part, piece, snapshot


def test_both_formats_whole() -> None:
    """Parts stand one after the other; OpenMetrics ends in its EOF."""
    shot = snapshot((part([gauge("a", "A.", 1.0)]), part([gauge("b", "B.", 2.0)])), made=5.0)
    assert shot.bodies["text"].plain == (
        b"# HELP a A.\n# TYPE a gauge\na 1\n# HELP b B.\n# TYPE b gauge\nb 2\n"
    )
    assert shot.bodies["openmetrics"].plain == (
        b"# TYPE a gauge\n# HELP a A.\na 1\n# TYPE b gauge\n# HELP b B.\nb 2\n# EOF\n"
    )
    assert (shot.series, shot.made) == (2, 5.0)
    for each in shot.bodies.values():
        assert gzip.decompress(each.gzipped) == each.plain


@given(st.lists(st.binary(max_size=2000), max_size=5))
def test_joined_pieces_are_one_gzip_member(parts: list[bytes]) -> None:
    """A reader that stops after the first member, as many do, still gets everything."""
    joined = body(piece(each) for each in parts)
    assert joined.plain == b"".join(parts)
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert reader.decompress(joined.gzipped) + reader.flush() == joined.plain
    assert reader.eof and reader.unused_data == b""


def test_large_families_are_kept_once_for_both_formats() -> None:
    """Their samples are one object in both bodies, unless timestamps make them differ; the text is whole."""
    samples = [Sample(Labels({"n": str(n)}), float(n)) for n in range(5000)]
    stamped = [Sample(each.labels, each.value, 60.0) for each in samples]
    families = [Family("a", "gauge", "A.", samples), Family("b", "gauge", "B.", stamped)]
    shot = snapshot([part([gauge("first", "F.", 1.0), *families, gauge("last", "L.", 2.0)])], made=0.0)
    text, openmetrics = (shot.bodies[format] for format in ("text", "openmetrics"))
    shared = {id(each) for each in text.pieces} & {id(each) for each in openmetrics.pieces}
    assert len(shared) == 1
    expected = render([gauge("first", "F.", 1.0), *families, gauge("last", "L.", 2.0)])
    assert text.plain.decode() == expected.text
    assert openmetrics.plain.decode() == expected.openmetrics + "# EOF\n"
    for each in (text, openmetrics):
        assert gzip.decompress(each.gzipped) == each.plain


def test_compression_is_worth_it() -> None:
    """Metrics of many resources shrink by an order of magnitude."""
    samples = tuple(Sample(Labels({"resource_name": f"account{n:05}"}), n * 1.5) for n in range(5000))
    shot = snapshot([part([Family("azure_x_average", "gauge", "X.", samples)])], made=0.0)
    assert len(shot.bodies["text"].gzipped) * 5 < len(shot.bodies["text"].plain)

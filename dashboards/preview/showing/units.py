"""Values with their units, as Grafana writes them.

Contract: grafana/grafana packages/grafana-data/src/valueFormats (categories.ts, valueFormats.ts,
symbolFormatters.ts, dateTimeFormatters.ts). An id that nobody knows is written behind the value, as there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from dashboards.preview.showing.numbers import decimals_of, fixed
from dashboards.preview.showing.spans import clock, day_time, seconds

Writer = Callable[[float, int | None], str]
_SI = ("", "k", "M", "G", "T", "P", "E", "Z", "Y")
_IEC = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_SHORT = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")
_COUNT = ("", "K", "M", "B", "T")
_SMALL = ("n", "µ", "m")


def _scaled(base: float, steps: Sequence[str], tail: str = "", start: int = 0) -> Writer:
    """The value divided by the base as often as leaves a number below it."""

    def write(value: float, decimals: int | None) -> str:
        size = abs(value)
        place = math.floor(math.log(size, base) + 1e-12) if size else 0
        place = min(max(place, -start), len(steps) - 1 - start)
        return f"{fixed(value / base**place, decimals)}{steps[place + start]}{tail}"

    return write


def _binary(unit: str) -> Writer:
    return _scaled(1024, tuple(f" {prefix}{unit}" for prefix in _IEC))


def _metric(unit: str) -> Writer:
    return _scaled(1000, tuple(f" {prefix}{unit}" for prefix in _SI))


def _small(unit: str) -> Writer:
    return _scaled(1000, tuple(f" {prefix}{unit}" for prefix in (*_SMALL, *_SI)), start=len(_SMALL))


def _count(unit: str) -> Writer:
    return _scaled(1000, _COUNT, f" {unit}")


def _tail(text: str, factor: float = 1.0) -> Writer:
    return lambda value, decimals: f"{fixed(value * factor, decimals)}{text}"


def _head(symbol: str) -> Writer:
    inner = _scaled(1000, _COUNT)
    return lambda value, decimals: f"{'-' if value < 0 else ''}{symbol}{inner(abs(value), decimals)}"


def _of(factor: float, writer: Writer) -> Writer:
    """A unit that counts multiples of another one."""
    return lambda value, decimals: writer(value * factor, decimals)


def _words(yes: str, no: str) -> Writer:
    return lambda value, _: yes if value else no


def _date(form: str) -> Writer:
    def write(value: float, _: int | None) -> str:
        try:
            return datetime.fromtimestamp(value / 1_000, UTC).strftime(form)
        except (OverflowError, ValueError, OSError):
            return fixed(value, None)

    return write


def _from_now(value: float, _: int | None) -> str:
    gone = datetime.now(UTC).timestamp() - value / 1_000
    return f"{seconds(abs(gone), None)} ago" if gone >= 0 else f"in {seconds(-gone, None)}"


UNITS: Mapping[str, Writer] = {
    "": _tail(""),
    "none": _tail(""),
    "string": _tail(""),
    "locale": lambda value, decimals: f"{value:,.{decimals_of(value) if decimals is None else decimals}f}",
    "short": _scaled(1000, _SHORT),
    "sishort": _metric(""),
    "sci": lambda value, decimals: f"{value:.{2 if decimals is None else decimals}e}",
    "hex": lambda value, _: f"{int(value):X}",
    "hex0x": lambda value, _: f"0x{int(value):X}",
    "percent": _tail("%"),
    "percentunit": _tail("%", 100),
    "humidity": _tail(" %H"),
    "dB": _tail(" dB"),
    "bits": _binary("b"),
    "bytes": _binary("B"),
    "kbytes": _of(2**10, _binary("B")),
    "mbytes": _of(2**20, _binary("B")),
    "gbytes": _of(2**30, _binary("B")),
    "tbytes": _of(2**40, _binary("B")),
    "decbits": _metric("b"),
    "decbytes": _metric("B"),
    "deckbytes": _of(1e3, _metric("B")),
    "decmbytes": _of(1e6, _metric("B")),
    "decgbytes": _of(1e9, _metric("B")),
    "dectbytes": _of(1e12, _metric("B")),
    "bps": _metric("b/s"),
    "Bps": _metric("B/s"),
    "binbps": _binary("b/s"),
    "binBps": _binary("B/s"),
    "KBs": _of(1e3, _metric("B/s")),
    "MBs": _of(1e6, _metric("B/s")),
    "GBs": _of(1e9, _metric("B/s")),
    "Kbits": _of(1e3, _metric("b/s")),
    "Mbits": _of(1e6, _metric("b/s")),
    "Gbits": _of(1e9, _metric("b/s")),
    "KiBs": _of(2**10, _binary("B/s")),
    "MiBs": _of(2**20, _binary("B/s")),
    "pps": _count("p/s"),
    "cps": _count("c/s"),
    "ops": _count("ops/s"),
    "reqps": _count("req/s"),
    "rps": _count("rd/s"),
    "rds": _count("rd/s"),
    "wps": _count("wr/s"),
    "iops": _count("io/s"),
    "eps": _count("evt/s"),
    "mps": _count("msg/s"),
    "recps": _count("rec/s"),
    "rowsps": _count("rows/s"),
    "cpm": _count("c/m"),
    "opm": _count("ops/m"),
    "rpm": _count("rd/m"),
    "wpm": _count("wr/m"),
    "hertz": _small("Hz"),
    "rothz": _small("Hz"),
    "watt": _small("W"),
    "kwatt": _of(1e3, _small("W")),
    "watth": _small("Wh"),
    "joule": _small("J"),
    "amp": _small("A"),
    "volt": _small("V"),
    "celsius": _tail(" °C"),
    "fahrenheit": _tail(" °F"),
    "ns": lambda value, decimals: seconds(value / 1e9, decimals),
    "µs": lambda value, decimals: seconds(value / 1e6, decimals),
    "ms": lambda value, decimals: seconds(value / 1e3, decimals),
    "s": seconds,
    "m": lambda value, decimals: seconds(value * 60, decimals),
    "h": lambda value, decimals: seconds(value * 3_600, decimals),
    "d": lambda value, decimals: seconds(value * 86_400, decimals),
    "dtdurations": lambda value, _: day_time(value),
    "dtdurationms": lambda value, _: day_time(value / 1e3),
    "dthms": lambda value, _: clock(value),
    "dtdhms": lambda value, _: clock(value, days=True),
    "clocks": lambda value, _: day_time(value),
    "clockms": lambda value, _: day_time(value / 1e3),
    "currencyUSD": _head("$"),
    "currencyEUR": _head("€"),
    "currencyGBP": _head("£"),
    "bool": _words("True", "False"),
    "bool_yes_no": _words("Yes", "No"),
    "bool_on_off": _words("On", "Off"),
    "dateTimeAsIso": _date("%Y-%m-%d %H:%M:%S"),
    "dateTimeAsIsoNoDateIfToday": _date("%Y-%m-%d %H:%M:%S"),
    "dateTimeAsUS": _date("%m/%d/%Y %I:%M:%S %p"),
    "dateTimeAsLocal": _date("%Y-%m-%d %H:%M:%S"),
    "dateTimeAsSystem": _date("%Y-%m-%d %H:%M:%S"),
    "dateTimeFromNow": _from_now,
}
_PREFIXED: Mapping[str, Callable[[str], Writer]] = {
    "prefix:": lambda rest: lambda value, decimals: f"{rest}{fixed(value, decimals)}",
    "suffix:": lambda rest: _tail(f" {rest}"),
    "time:": lambda rest: _date("%Y-%m-%d %H:%M:%S"),
    "si:": _metric,
    "count:": _count,
    "currency:": _head,
    "bool:": lambda rest: _words(*[*rest.split("/"), "", ""][:2]),
}


def writer(unit: str) -> Writer:
    """What writes values of a unit."""
    if unit in UNITS:
        return UNITS[unit]
    for prefix, make in _PREFIXED.items():
        if unit.startswith(prefix):
            return make(unit.removeprefix(prefix)[:50])
    return _tail(f" {unit[:50]}")


def written(value: float, unit: str, decimals: int | None = None) -> str:
    """A value with its unit."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "-∞"
    try:
        return writer(unit)(value, decimals)
    except (OverflowError, ValueError):
        return f"{value:g}"


def base_of(unit: str) -> int:
    """Whose multiples are round numbers of this unit: 1024 for binary ones, 60 for times, else 10."""
    if unit in ("bytes", "bits", "kbytes", "mbytes", "gbytes", "tbytes", "binBps", "binbps", "KiBs", "MiBs"):
        return 1024
    return 60 if unit in ("s", "m", "dtdurations", "dthms", "dtdhms", "clocks") else 10

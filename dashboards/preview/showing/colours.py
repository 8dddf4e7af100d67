"""Colours: Grafana's names, and what a document writes as one. Nothing but a colour comes through.

Contract: grafana/grafana packages/grafana-data/src/themes/createVisualizationColors.ts (names, the classic
palette) and packages/grafana-data/src/field/fieldColor.ts (schemes).
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping

# super-light, light, plain, semi-dark, dark
_HUES: Mapping[str, tuple[str, str, str, str, str]] = {
    "red": ("#FFA6B0", "#FF7383", "#F2495C", "#E02F44", "#C4162A"),
    "orange": ("#FFCB7D", "#FFB357", "#FF9830", "#FF780A", "#FA6400"),
    "yellow": ("#FFF899", "#FFEE52", "#FADE2A", "#F2CC0C", "#E0B400"),
    "green": ("#C8F2C2", "#96D98D", "#73BF69", "#56A64B", "#37872D"),
    "blue": ("#C0D8FF", "#8AB8FF", "#5794F2", "#3274D9", "#1F60C4"),
    "purple": ("#DEB6F2", "#CA95E5", "#B877D9", "#A352CC", "#8F3BB8"),
}
_SHADES = ("super-light-", "light-", "", "semi-dark-", "dark-")
NAMED: Mapping[str, str] = {
    f"{shade}{hue}": value
    for hue, values in _HUES.items()
    for shade, value in zip(_SHADES, values, strict=True)
} | {"gray": "#808080", "grey": "#808080", "black": "#000000", "white": "#FFFFFF"}
# The theme's own text colour; whoever draws it resolves it.
TEXT = "text"
CLASSIC = (
    "#73BF69",
    "#F2CC0C",
    "#8AB8FF",
    "#FF780A",
    "#F2495C",
    "#5794F2",
    "#B877D9",
    "#705DA0",
    "#37872D",
    "#FADE2A",
    "#447EBC",
    "#C15C17",
    "#890F02",
    "#0A437C",
    "#6D1F62",
    "#584477",
    "#B7DBAB",
    "#F4D598",
    "#70DBED",
    "#F9BA8F",
    "#F29191",
    "#82B5D8",
    "#E5A8E2",
    "#AEA2E0",
    "#629E51",
    "#E5AC0E",
    "#64B0C8",
    "#E0752D",
    "#BF1B00",
    "#0A50A1",
    "#962D82",
    "#614D93",
)
SCHEMES: Mapping[str, tuple[str, ...]] = {
    "continuous-GrYlRd": ("green", "yellow", "red"),
    "continuous-RdYlGr": ("red", "yellow", "green"),
    "continuous-BlYlRd": ("dark-blue", "super-light-yellow", "dark-red"),
    "continuous-YlRd": ("super-light-yellow", "dark-red"),
    "continuous-BlPu": ("blue", "purple"),
    "continuous-YlBl": ("super-light-yellow", "dark-blue"),
    "continuous-blues": ("super-light-blue", "dark-blue"),
    "continuous-reds": ("super-light-red", "dark-red"),
    "continuous-greens": ("super-light-green", "dark-green"),
    "continuous-purples": ("super-light-purple", "dark-purple"),
}
# Of heatmaps: d3-scale-chromatic's, by the ends and the middle of each.
HEATMAPS: Mapping[str, tuple[str, ...]] = {
    "oranges": ("#FFF5EB", "#FDD0A2", "#FD8D3C", "#D94801", "#7F2704"),
    "blues": ("#F7FBFF", "#C6DBEF", "#6BAED6", "#2171B5", "#08306B"),
    "greens": ("#F7FCF5", "#C7E9C0", "#74C476", "#238B45", "#00441B"),
    "reds": ("#FFF5F0", "#FCBBA1", "#FB6A4A", "#CB181D", "#67000D"),
    "rdylbu": ("#A50026", "#F46D43", "#FFFFBF", "#74ADD1", "#313695"),
    "rdylgn": ("#A50026", "#F46D43", "#FFFFBF", "#66BD63", "#006837"),
    "spectral": ("#9E0142", "#F46D43", "#FFFFBF", "#66C2A5", "#5E4FA2"),
    "turbo": ("#23171B", "#2F9DF5", "#4DF884", "#DEDD32", "#F65F18", "#900C00"),
    "viridis": ("#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725"),
    "magma": ("#000004", "#51127C", "#B73779", "#FC8961", "#FCFDBF"),
    "inferno": ("#000004", "#57106E", "#BC3754", "#F98E09", "#FCFFA4"),
    "plasma": ("#0D0887", "#7E03A8", "#CC4778", "#F89540", "#F0F921"),
}
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_RGB = re.compile(
    r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,\s*(0|1|0?\.\d{1,6}|1\.0*)\s*)?\)"
)


def colour(name: object, default: str = "#808080") -> str:
    """`#rrggbb`, `rgba(…)`, `text` or `transparent`; the default for anything else."""
    if not isinstance(name, str):
        return default
    plain = name.strip()
    if plain in NAMED:
        return NAMED[plain]
    if plain in (TEXT, "transparent"):
        return plain
    if _HEX.fullmatch(plain):
        return f"#{''.join(sign * 2 for sign in plain[1:4])}" if len(plain) in (4, 5) else plain[:7]
    parts = _RGB.fullmatch(plain)
    if parts:
        red, green, blue = (min(int(part), 255) for part in parts.groups()[:3])
        return f"#{red:02X}{green:02X}{blue:02X}"
    return default


def see_through(name: str, share: float) -> str:
    """The colour with so much of it left, 0 to 1."""
    if not name.startswith("#"):
        return name
    red, green, blue = _parts(name)
    return f"rgba({red},{green},{blue},{min(max(share, 0.0), 1.0):.2f})"


def between(stops: tuple[str, ...], share: float) -> str:
    """The colour at that place of a scheme, 0 to 1."""
    place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
    at = min(int(place), len(stops) - 2)
    one, other = _parts(colour(stops[at])), _parts(colour(stops[at + 1]))
    mixed = (round(low + (high - low) * (place - at)) for low, high in zip(one, other, strict=True))
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def ink_on(name: str) -> str:
    """Black or white, whichever is read more easily on that colour."""
    if not name.startswith("#"):
        return "inherit"
    red, green, blue = (part / 255 for part in _parts(name))
    light = 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)
    # Where black and white have the same contrast.
    return "#111217" if light > 0.2 else "#FFFFFF"


def shade(name: str, degree: float) -> str:
    """The colour a little darker, as the further end of a background."""
    if not name.startswith("#"):
        return name
    hue, light, full = colorsys.rgb_to_hls(*(part / 255 for part in _parts(name)))
    parts = colorsys.hls_to_rgb(hue, max(light - degree, 0.0), full)
    return "#{:02X}{:02X}{:02X}".format(*(round(part * 255) for part in parts))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parts(name: str) -> tuple[int, int, int]:
    return int(name[1:3], 16), int(name[3:5], 16), int(name[5:7], 16)

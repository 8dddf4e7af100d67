"""Who reaches Grafana, and how they come back from signing in.

Source: https://grafana.com/docs/grafana/v13.2/setup-grafana/configure-access/configure-authentication/entraid/
(redirect addresses), https://learn.microsoft.com/entra/identity-platform/reply-url (HTTPS, localhost apart).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from estate.model import Estate
from estate.problems import Problem

# A query is no part of an address that others are added to; the rest has a meaning in grafana.ini.
_MORE = re.compile(r"[?#;$%]")


def grafana(estate: Estate) -> Iterator[Problem]:
    """Nobody looks without an account unnoticed, and whoever signs in is sent back to where Grafana is."""
    settings = estate.grafana
    if settings is None:
        return
    if settings.entra is None:
        message = (
            "nobody signs in to Grafana: pods of singlepane and port-forwards reach it, and may look at all"
        )
        fix = "write grafana.entra, or leave it so and use `kubectl port-forward`"
        yield Problem("grafana-anonymous", ("grafana",), message, fix)
        if settings.url is not None:
            message = f"nobody reaches {settings.url}: without accounts Grafana is closed to an Ingress"
            yield Problem("grafana-url", ("grafana", "url"), message, "write grafana.entra, or remove it")
    elif settings.url is None:
        message = "Entra sends people back to the address of Grafana, and there is none"
        fix = "write the https:// address where people reach it"
        yield Problem("grafana-url", ("grafana", "url"), message, fix)
    elif not settings.url.startswith("https://"):
        message = f"Entra sends nobody back to {settings.url}: it is not HTTPS"
        yield Problem("grafana-url", ("grafana", "url"), message, "write an https:// address")
    elif _MORE.search(settings.url):
        message = "the address of Grafana holds more than host and path"
        yield Problem("grafana-url", ("grafana", "url"), message, "leave out query, fragment and `; $ %`")

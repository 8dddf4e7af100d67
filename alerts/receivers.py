"""Receivers as Alertmanager has them: which integration, where its secret is, and what people read.

Contract: https://prometheus.io/docs/alerting/latest/configuration/ (each `*_config`), and
https://prometheus.io/docs/alerting/latest/notifications/ for the templates. Alertmanager's own texts are made
for any labels; these say which alert of which cluster, what it means, and where to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from estate.components import Address, File, FilePath, SecretValue, Text, text
from estate.errors import UsageError
from estate.model import (
    EmailReceiver,
    Estate,
    JiraReceiver,
    PagerDutyReceiver,
    Receiver,
    SlackReceiver,
    TeamsReceiver,
    WebhookReceiver,
    secret_of,
)

# Alerts in one notification for the server. At some 2 KiB each they stay far below the 4 MiB that it takes;
# how many were left out is in the document, and the server shows it.
MAX_ALERTS = 500
# Alerts that a message names. A card of Teams may have 28 kB, and people read no more.
NAMED = 10
# https://developer.pagerduty.com/docs/service-regions
PAGERDUTY = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
# https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v1/api-group-integration-events: it takes
# what Opsgenie took, at another place.
JIRA = "https://api.atlassian.com/jsm/ops/integration/"
TITLE = (
    '{{ if eq .Status "firing" }}{{ .CommonLabels.severity }}{{ else }}resolved{{ end }}: '
    "{{ .GroupLabels.alertname }} in {{ .GroupLabels.cluster }}"
    "{{ with .GroupLabels.namespace }}/{{ . }}{{ end }}"
    "{{ if gt (len .Alerts) 1 }} ({{ len .Alerts }} alerts){{ end }}"
)
_PRIORITY = (
    '{{ if eq .CommonLabels.severity "critical" }}P1{{ else if eq .CommonLabels.severity "warning" }}P3'
    "{{ else }}P5{{ end }}"
)


def receiver(name: str, row: Receiver, server: Address | None, path: str) -> dict[str, Any]:
    """The integration of a receiver, under the key that Alertmanager has for its kind.

    Raises UsageError where it is the singlepane server and there is none.
    """
    secret = text(FilePath(_file(name, row)))
    match row:
        case WebhookReceiver():
            return {"webhook_configs": [{"url_file": secret}]}
        case PagerDutyReceiver():
            return {"pagerduty_configs": [_pagerduty(row, secret)]}
        case JiraReceiver():
            return {"opsgenie_configs": [_jira(secret)]}
        case TeamsReceiver():
            said = {"title": TITLE, "text": _lines("[{0}]({1})")}
            return {"msteamsv2_configs": [{"webhook_url_file": secret, **said}]}
        case SlackReceiver():
            said = {
                "title": TITLE,
                "title_link": _first("runbook_url"),
                "text": _lines("<{1}|{0}>"),
            }
            return {"slack_configs": [{"api_url_file": secret, **said}]}
        case EmailReceiver():
            return {"email_configs": [_email(row, secret)]}
    if server is None:
        raise UsageError(
            f"receiver {name!r} is the singlepane server, which does not run here",
            "Give the receiver `kind: webhook` and a reference to its URL.",
        )
    return {"webhook_configs": [{"url": text("http://", server, path), "max_alerts": MAX_ALERTS}]}


def secret_files(estate: Estate) -> tuple[File, ...]:
    """Files that the configuration refers to: URLs that hold tokens, keys, passwords."""
    return tuple(
        File(_file(name, row), text(SecretValue(held[1])), secret=True)
        for name, row in estate.alerts.receivers.items()
        if (held := secret_of(row)) is not None
    )


def _file(name: str, row: Receiver) -> str:
    held = secret_of(row)
    return f"receivers/{name}.{held[0]}" if held else ""


def _pagerduty(row: PagerDutyReceiver, secret: Text) -> Mapping[str, Any]:
    """Its events know the severities critical, error, warning and info."""
    return {
        "routing_key_file": secret,
        "url": PAGERDUTY[row.region],
        "description": TITLE,
        "severity": "{{ or .CommonLabels.severity `error` }}",
        "client": "singlepane",
        "client_url": _first("dashboard_url"),
        "group": "{{ .GroupLabels.cluster }}",
        "class": "{{ .GroupLabels.alertname }}",
        "details": {"alerts": _lines("{0}: {1}")},
        "links": [{"href": _first("runbook_url"), "text": "Runbook"}],
    }


def _jira(secret: Text) -> Mapping[str, Any]:
    return {
        "api_key_file": secret,
        "api_url": JIRA,
        "message": TITLE,
        "description": _lines("{0}: {1}"),
        "priority": _PRIORITY,
        "tags": "{{ .GroupLabels.cluster }},{{ .CommonLabels.severity }},{{ .CommonLabels.team }}",
        "source": "singlepane",
    }


def _email(row: EmailReceiver, secret: Text) -> Mapping[str, Any]:
    signed = {"auth_username": row.user, "auth_password_file": secret} if row.user is not None else {}
    return {
        "to": row.to,
        "from": row.sender,
        "smarthost": row.server,
        "require_tls": True,
        **signed,
        "headers": {"Subject": TITLE},
        "html": "",
        "text": _lines("{0}: {1}"),
    }


def _first(annotation: str) -> str:
    """Of the first alert: those of one notification have one name, and so one runbook."""
    return f"{{{{ (index .Alerts 0).Annotations.{annotation} }}}}"


def _lines(link: str) -> str:
    """A paragraph for each alert; `link` has places for a word and an address.

    Texts are cut, so that a message stays far below what receivers take.
    """
    words = {"Runbook": ".Annotations.runbook_url", "Dashboard": ".Annotations.dashboard_url"}
    links = " ".join(
        f"{{{{ with {field} }}}}{link.format(word, '{{ . }}')}{{{{ end }}}}" for word, field in words.items()
    )
    return (
        f"{{{{ range $place, $alert := .Alerts }}}}{{{{ if lt $place {NAMED} }}}}"
        '{{ if eq .Status "resolved" }}Resolved: {{ end }}{{ printf "%.200s" .Annotations.summary }}\n\n'
        '{{ with .Annotations.description }}{{ printf "%.500s" . }}\n\n{{ end }}'
        f"{links}\n\n"
        "{{ end }}{{ end }}"
        f"{{{{ if gt (len .Alerts) {NAMED} }}}}and {{{{ len (slice .Alerts {NAMED}) }}}} more{{{{ end }}}}"
    )

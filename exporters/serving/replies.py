"""What the service's OpenAPI document says of its replies: their content types are not JSON's."""

from __future__ import annotations

from typing import Any

from exporters.exposition.negotiate import CONTENT_TYPES

TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
YAML = "application/yaml"
JSON = "application/json"

# By status, as `responses` of FastAPI takes them.
Replies = dict[int | str, dict[str, Any]]

_STRING = {"type": "string"}
_FINDINGS = {
    "type": "object",
    "required": ["message", "findings"],
    "properties": {"message": _STRING, "findings": {"type": "array", "items": {"type": "object"}}},
}


def reply(description: str, *types: str) -> dict[str, Any]:
    """One reply with a text of these content types."""
    return {"description": description, "content": {each: {"schema": _STRING} for each in types}}


def _parameter(name: str, place: str, description: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": required,
        "description": description,
        "schema": _STRING,
    }


METRICS: Replies = {
    200: reply("The last snapshot, in the format that `Accept` asks for.", *CONTENT_TYPES.values()),
    503: reply("There is no snapshot yet.", TEXT),
}
PROBE: Replies = {
    200: reply("The target's metrics, in the format that `Accept` asks for.", *CONTENT_TYPES.values()),
    400: reply("A parameter is missing or wrong, or no list could hold the target.", TEXT),
    403: reply("The target is not in the module's list.", TEXT),
    503: reply("Too many probes wait for their turn.", TEXT),
}
HEALTHZ: Replies = {200: reply("The process answers.", TEXT)}
READYZ: Replies = {
    200: reply("Every collector has ended its first cycle.", TEXT),
    503: reply("Whose first cycle has not ended.", TEXT),
}
CONFIG: Replies = {200: reply("The configuration in use.", YAML)}
RELOAD: Replies = {
    200: reply("The files are in use.", TEXT),
    400: {"description": "What is wrong with them.", "content": {JSON: {"schema": _FINDINGS}}},
}
LANDING: Replies = {200: reply("A page for people.", HTML)}

PROBE_PARAMETERS = {
    "parameters": [
        _parameter("module", "query", "A module of the configuration.", required=True),
        _parameter("target", "query", "What it reads.", required=True),
        _parameter(
            "X-Prometheus-Scrape-Timeout-Seconds",
            "header",
            "Seconds after which the scrape is given up.",
            required=False,
        ),
    ]
}

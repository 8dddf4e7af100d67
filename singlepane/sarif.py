"""Findings as SARIF 2.1.0, the form that code hosts and editors show beside the lines.

Contract: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from estate.findings import Finding

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Sequence[Finding], version: str) -> dict[str, Any]:
    """One run of singlepane of this version, with a rule for each code that occurs."""
    codes = sorted({each.code for each in findings})
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "singlepane",
                        "version": version,
                        "rules": [{"id": code} for code in codes],
                    }
                },
                # Ours count characters, not the code units of UTF-16, which is what is taken otherwise.
                "columnKind": "unicodeCodePoints",
                "results": [_result(each, codes.index(each.code)) for each in findings],
            }
        ],
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    path = f"{finding.path}: " if finding.path else ""
    text = f"{path}{finding.message}" + (f"; {finding.fix}" if finding.fix else "")
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.position.file)}}
    if finding.position.line:
        place["region"] = {"startLine": finding.position.line, "startColumn": finding.position.column}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }

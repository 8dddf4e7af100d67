"""Words that a program fills in when it starts, such as `${NAME}`: what they are called, and what they are
where nothing is set. Pure.

Contracts: https://github.com/influxdata/telegraf/blob/master/docs/CONFIGURATION.md#environment-variables and
#secret-store-secrets; `{{ }}` is what Helm, Ansible and Jinja fill in before.
"""

from __future__ import annotations

import re

_WORD = re.compile(
    r"\$\{(?P<braced>[A-Za-z_]\w*)(?P<default>:?[-?][^{}]*)?\}"
    r"|\$(?P<plain>[A-Za-z_]\w*)"
    r"|@\{[^{}]*\}|\{\{.*?\}\}|<<[^<>]*>>"
)
# TOML's texts and comments, where a word stays as it is, and words outside of them.
_TOML = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*'
    r"|(?P<bare>\$\{[^{}\n]*\}|\$[A-Za-z_]\w*|\{\{.*?\}\}|@\{[^{}\n]*\})",
    re.DOTALL,
)


def placeholders(text: str) -> str:
    """All such words in a text as a message names them; empty where there is none."""
    return " and ".join(dict.fromkeys(match[0] for match in _WORD.finditer(text)))


def alone(text: str) -> bool:
    """Whether a text is one such word, and nothing else."""
    return _WORD.fullmatch(text.strip()) is not None


def variable(text: str) -> str:
    """The name of the environment variable that a text is, and nothing but it; else empty."""
    match = _WORD.fullmatch(text.strip())
    return (match["braced"] or match["plain"] or "") if match else ""


def default(text: str) -> str:
    """What `${NAME:-value}` is where the variable is not set; else empty."""
    match = _WORD.fullmatch(text.strip())
    found = (match["default"] or "").lstrip(":") if match else ""
    return found[1:] if found.startswith("-") else ""


def quoted(toml: str) -> str:
    """TOML in which words that stand for numbers and the like are texts, so that it can be read."""
    return _TOML.sub(lambda match: f'"{match[0]}"' if match["bare"] else match[0], toml)


def blanked(toml: str) -> str:
    """TOML without what its texts and comments hold; line by line the same."""
    return _TOML.sub(lambda match: '""' + "\n" * match[0].count("\n"), toml)

#!/usr/bin/env bash
# PyYAML 6.0.3, https://github.com/yaml/pyyaml
#
# safe_dump() puts a text in quotes where PyYAML itself would read it back as something else. Other readers take more
# for numbers than it does: to YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema) 1e3 is a float without any dot,
# and 0o17 an integer. So texts that PyYAML writes are no texts to whoever reads them: here to ruamel.yaml 0.18.16, and
# in the same way to Go's YAML packages behind Helm 4.3.1 and kubectl, to which y and n, by YAML 1.1
# (https://yaml.org/type/bool.html) booleans, are such texts as well. A commit such as 12e03 in a label, or an answer n
# in a ConfigMap, is refused or changed by the API server. Texts that are written in quotes are right everywhere.
#
# Seen with Python 3.11:
#   {bool: n, exponent: 1e3, octal: 0o17}
#   exponent: '1e3' became 1000.0
#   octal: '0o17' became 15
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyyaml==6.0.3 ruamel.yaml==0.18.16
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import yaml
from ruamel.yaml import YAML

texts = {"bool": "n", "exponent": "1e3", "octal": "0o17"}
written = yaml.safe_dump(texts, default_flow_style=True)
print(written, end="")
for name, value in YAML(typ="safe", pure=True).load(written).items():
    if value != texts[name]:
        print(f"{name}: {texts[name]!r} became {value!r}")
PYTHON
diff "$folder/seen" - <<'EXPECTED'
{bool: n, exponent: 1e3, octal: 0o17}
exponent: '1e3' became 1000.0
octal: '0o17' became 15
EXPECTED

#!/usr/bin/env bash
# PyYAML 6.0.3, https://github.com/yaml/pyyaml
#
# A plain equals sign is a valid plain scalar, and in YAML 1.2 it is text. PyYAML resolves it to a type of its own,
# tag:yaml.org,2002:value (https://yaml.org/type/value.html, a draft for YAML 1.1), for which its safe loaders, in
# C and in Python alike, have no constructor: they raise ConstructorError. What they cannot read they also never
# write: safe_dump puts quotes around it.
# It is met in the field: the custom resource definitions of prometheus-operator list `- =` among the operators of
# a matcher, so that yaml.safe_load_all cannot read them, and `kubectl` can.
#
# Seen with Python 3.11:
#   SafeLoader: ConstructorError could not determine a constructor for the tag 'tag:yaml.org,2002:value'
#   CSafeLoader: ConstructorError could not determine a constructor for the tag 'tag:yaml.org,2002:value'
#   two of them: ==
#   written: '='
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyyaml==6.0.3
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import yaml

document = "operators:\n- '!='\n- =\n"
for loader in (yaml.SafeLoader, yaml.CSafeLoader):
    try:
        print(f"{loader.__name__}: {yaml.load(document, loader)}")
    except yaml.constructor.ConstructorError as error:
        print(f"{loader.__name__}: ConstructorError {error.problem}")
print("two of them:", yaml.safe_load("=="))
print("written:", yaml.safe_dump("=").splitlines()[0])
PYTHON
diff "$folder/seen" - <<'EXPECTED'
SafeLoader: ConstructorError could not determine a constructor for the tag 'tag:yaml.org,2002:value'
CSafeLoader: ConstructorError could not determine a constructor for the tag 'tag:yaml.org,2002:value'
two of them: ==
written: '='
EXPECTED

#!/usr/bin/env bash
# jmespath (Python) 1.1.0, https://github.com/jmespath/jmespath.py
#
# The specification of JMESPath says that <, <=, > and >= are for numbers alone, and that any other pair gives
# null (https://jmespath.org/specification.html#ordering-operators). The library says so in a comment beside its
# comparison, too. What it does:
# - two texts are ordered letter by letter, so that '10' < '9' is true;
# - where a text meets a number, Python's TypeError comes through. It is none of the library's own errors
#   (JMESPathError, a ValueError), so that code which catches those breaks on one "n/a" among numbers;
# - max_by() over texts and numbers raises the same TypeError, where sort_by() raises JMESPathTypeError.
#
# Seen with Python 3.11:
#   '10' < '9': True
#   text and number: TypeError, a JMESPathError: False
#   max_by: TypeError
#   sort_by: JMESPathTypeError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jmespath==1.1.0
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import jmespath
from jmespath.exceptions import JMESPathError

def raised(expression, document):
    try:
        jmespath.search(expression, document)
    except Exception as error:
        return error
    raise SystemExit(f"{expression} raised nothing")

mixed = [{"used": 90}, {"used": "n/a"}]
print("'10' < '9':", jmespath.search("a < b", {"a": "10", "b": "9"}))
error = raised("[?used > `80`]", mixed)
print(f"text and number: {type(error).__name__}, a JMESPathError: {isinstance(error, JMESPathError)}")
print("max_by:", type(raised("max_by(@, &used)", mixed)).__name__)
print("sort_by:", type(raised("sort_by(@, &used)", mixed)).__name__)
PYTHON
diff "$folder/seen" - <<'EXPECTED'
'10' < '9': True
text and number: TypeError, a JMESPathError: False
max_by: TypeError
sort_by: JMESPathTypeError
EXPECTED

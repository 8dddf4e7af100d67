#!/usr/bin/env bash
# jmespath (Python) 1.1.0, https://github.com/jmespath/jmespath.py
#
# The specification says of to_number: a string gives its number where it conforms to the json-number production
# (RFC 8259 section 6), and null otherwise (https://jmespath.org/specification.html#to-number). The library asks
# Python's int() and float(), which read more: digits apart by underscores, blanks around, a plus sign, leading
# zeros, digits of other scripts, and the words nan and inf. What stands for "no value" in a document becomes a
# number that no alert fires on.
#
# Seen with Python 3.11: 1000, nan, inf, 1, 1, 1, 3 where the specification has null for each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jmespath==1.1.0
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import jmespath

for text in ("1_000", "nan", "inf", " 1", "+1", "01", "\u0663", "0x1", "-1.5e3"):
    print(ascii(text), jmespath.search("to_number(@)", text))
PYTHON
diff "$folder/seen" - <<'EXPECTED'
'1_000' 1000
'nan' nan
'inf' inf
' 1' 1
'+1' 1
'01' 1
'\u0663' 3
'0x1' None
'-1.5e3' -1500.0
EXPECTED

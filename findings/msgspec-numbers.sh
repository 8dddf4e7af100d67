#!/usr/bin/env bash
# msgspec (Python) 0.22.0, https://github.com/jcrist/msgspec
#
# `msgspec.json.decode` without a type is the untyped reader of JSON, as json.loads is. Where a document of thousands
# of values holds one number that no double can, it refuses the whole, and by ValidationError, which its documents
# keep for messages that do not fit a given type: none was given. RFC 8259 section 6 leaves the range of numbers to
# the reader, and json.loads reads infinity. It goes by how the number is written, not by how large it is: 10 to the
# 400th as 1e400 is refused, and as a one with 400 zeros it is an int. What is too small for a double is 0.0.
#
# A text with half of a surrogate pair, which the grammar allows and section 8.2 warns of, is refused as "Input data
# was truncated", although nothing of it is missing.
#
# Seen with Python 3.11:
#   [1, 1e400]: msgspec ValidationError: Number out of range - at `$[1]`; json [1, inf]
#   a one and 400 zeros: msgspec int; json int
#   [1e-400]: msgspec [0.0]; json [0.0]
#   ["\ud800"]: msgspec DecodeError: Input data was truncated; json ['\ud800']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import json

import msgspec


def read(decode, text):
    try:
        return ascii(decode(text))
    except (ValueError, msgspec.MsgspecError) as error:
        return f"{type(error).__name__}: {error}"


for text in ("[1, 1e400]", "[1e-400]", '["\\ud800"]'):
    print(f"{text}: msgspec {read(msgspec.json.decode, text)}; json {read(json.loads, text)}")
large = "1" + "0" * 400
print(f"a one and 400 zeros: msgspec {type(msgspec.json.decode(large)).__name__}; json {type(json.loads(large)).__name__}")
PYTHON
diff "$folder/seen" - <<'EXPECTED'
[1, 1e400]: msgspec ValidationError: Number out of range - at `$[1]`; json [1, inf]
[1e-400]: msgspec [0.0]; json [0.0]
["\ud800"]: msgspec DecodeError: Input data was truncated; json ['\ud800']
a one and 400 zeros: msgspec int; json int
EXPECTED

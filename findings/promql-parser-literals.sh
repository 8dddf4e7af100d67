#!/usr/bin/env bash
# promql-parser (Python) 0.12.0, https://github.com/messense/py-promql-parser, beside the parser of Prometheus 3.14.0
# (Go module github.com/prometheus/prometheus v0.314.0). Needs python3 and go; a cold build takes some minutes.
#
# The package is read as "what is valid PromQL". It is neither more nor less than that of the server:
# - it refuses digits in groups, `1_000`, which the language has for readers of large thresholds
#   (https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations), and the
#   operators that cut native histograms, `</` and `>/`;
# - it takes functions and aggregations that the server refuses unless experimental functions are enabled.
# So a gate in front of a server that asks this parser refuses good rules and lets bad ones through.
#
# Seen with Python 3.11 and Go 1.26:
#   x > 1_000: promql-parser refuses, Prometheus takes
#   1_000_000 * x: promql-parser refuses, Prometheus takes
#   x </ 5: promql-parser refuses, Prometheus takes
#   x > 1000: promql-parser takes, Prometheus takes
#   limitk(2, x): promql-parser takes, Prometheus refuses
#   sort_by_label(x, "a"): promql-parser takes, Prometheus refuses
#   mad_over_time(x[5m]): promql-parser takes, Prometheus refuses
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/queries" <<'QUERIES'
x > 1_000
1_000_000 * x
x </ 5
x > 1000
limitk(2, x)
sort_by_label(x, "a")
mad_over_time(x[5m])
QUERIES
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check promql-parser==0.12.0
"$folder/venv/bin/python" - "$folder/queries" > "$folder/python" <<'PYTHON'
import sys

import promql_parser

for query in open(sys.argv[1]).read().splitlines():
    try:
        promql_parser.parse(query)
        print(f"{query}: promql-parser takes")
    except ValueError:
        print(f"{query}: promql-parser refuses")
PYTHON
mkdir "$folder/go"
cat > "$folder/go/go.mod" <<'MODULE'
module read

go 1.26

require github.com/prometheus/prometheus v0.314.0
MODULE
cat > "$folder/go/main.go" <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"

	"github.com/prometheus/prometheus/promql/parser"
)

func main() {
	server := parser.NewParser(parser.Options{})
	queries := bufio.NewScanner(os.Stdin)
	for queries.Scan() {
		if _, err := server.ParseExpr(queries.Text()); err != nil {
			fmt.Println("Prometheus refuses")
		} else {
			fmt.Println("Prometheus takes")
		}
	}
}
GO
(cd "$folder/go" && go mod tidy 2>/dev/null && go run .) < "$folder/queries" > "$folder/server"
paste -d, "$folder/python" "$folder/server" | sed 's/,Prometheus/, Prometheus/' | tee "$folder/seen"
diff "$folder/seen" - <<'EXPECTED'
x > 1_000: promql-parser refuses, Prometheus takes
1_000_000 * x: promql-parser refuses, Prometheus takes
x </ 5: promql-parser refuses, Prometheus takes
x > 1000: promql-parser takes, Prometheus takes
limitk(2, x): promql-parser takes, Prometheus refuses
sort_by_label(x, "a"): promql-parser takes, Prometheus refuses
mad_over_time(x[5m]): promql-parser takes, Prometheus refuses
EXPECTED

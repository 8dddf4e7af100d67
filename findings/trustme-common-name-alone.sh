#!/usr/bin/env bash
# trustme 1.2.1, https://github.com/python-trio/trustme
#
# issue_cert() takes identities, or a common name without any. With a common name alone it writes an extension
# for alternative names that is critical and holds none. RFC 5280 (4.2.1.6) has GeneralNames with at least one
# entry, and Go's crypto/x509 takes a critical one without names it knows for "unhandled critical extension": so a
# client certificate made this way is refused by every server written in Go (etcd and the Kubernetes API server
# are), while OpenSSL takes it. With any identity beside the common name it is fine.
#
# Seen with Python 3.11:
#   common name alone: critical True, names 0
#   with an identity: critical True, names 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check trustme==1.2.1 cryptography==50.0.2
"$folder/venv/bin/python" - <<'PYTHON' | tee "$folder/seen"
import trustme
from cryptography import x509

authority = trustme.CA()
for said, identities in (("common name alone", ()), ("with an identity", ("client.example",))):
    made = authority.issue_cert(*identities, common_name="client")
    certificate = x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes())
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    print(f"{said}: critical {found.critical}, names {len(list(found.value))}")
PYTHON
diff "$folder/seen" - <<'EXPECTED'
common name alone: critical True, names 0
with an identity: critical True, names 1
EXPECTED

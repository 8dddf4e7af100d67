"""On one machine there is no cert-manager: an authority of its own stands in for the issuer."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deploy import between
from deploy.targets import secrets
from estate.components import SecretValue, Template, Text
from estate.model import Estate
from tests.between.estates import NAMES, secured
from thanos.tls import Tls


def issued(state: Path) -> Tls:
    """The TLS of an estate of which one cluster has its certificate from cert-manager."""
    document = secured().model_dump(by_alias=True)
    document["clusters"]["prod-weu"]["tls"] = {"kind": "cert-manager", "issuer": "platform-ca"}
    made = between.on_one_machine(Estate.model_validate(document), state)
    assert made is not None
    return made


def value(of: Template) -> bytes:
    """The content of the file that a reference names."""
    assert isinstance(of, Text)
    [reference] = of.parts
    assert isinstance(reference, SecretValue)
    return secrets.read([reference.reference], {}, Path())[reference.reference].encode()


def test_every_cluster_has_a_certificate_of_its_name_that_the_authority_signed(tmp_path: Path) -> None:
    """Also the cluster whose own is by reference: two authorities would not know each other."""
    tls = issued(tmp_path)
    assert value(tls.ca) == value(tls.hub_ca)
    [authority] = x509.load_pem_x509_certificates(value(tls.ca))
    for cluster, name in NAMES.items():
        [leaf] = x509.load_pem_x509_certificates(value(tls.pairs[cluster].certificate))
        leaf.verify_directly_issued_by(authority)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == [name]
        key = load_pem_private_key(value(tls.pairs[cluster].key), None)
        assert key.public_key() == leaf.public_key()


def test_a_second_start_has_the_same_certificates(tmp_path: Path) -> None:
    """A running component would know nobody of a new authority."""
    first, second = issued(tmp_path), issued(tmp_path)
    assert value(first.ca) == value(second.ca)
    for cluster in NAMES:
        assert value(first.pairs[cluster].certificate) == value(second.pairs[cluster].certificate)

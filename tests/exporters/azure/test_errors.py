"""Azure's error documents, in all the forms that its APIs use, and what is none of them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.azure.errors import UNKNOWN, parse
from tests.exporters.doubles import body


@pytest.mark.parametrize(
    ("raw", "code", "message"),
    [
        (b'{"error":{"code":"AuthorizationFailed","message":"No."}}', "AuthorizationFailed", "No."),
        (b'{"code":"BadRequest","message":"Failed."}', "BadRequest", "Failed."),
        (
            b'{"code":"40619","message":"The edition.","target":null,"details":[],"innererror":[]}',
            "40619",
            "The edition.",
        ),
        (b'{"Code":"429","Message":"Slow down.","Target":null}', "429", "Slow down."),
        (b'{"error":{"code":"429","message":"Too many requests."}}', "429", "Too many requests."),
        (
            b'{"error":"invalid_scope","error_description":"AADSTS70011: no.\\r\\nTrace ID: x"}',
            "invalid_scope",
            "AADSTS70011: no. Trace ID: x",
        ),
        (
            b'{"$id":"1","innerException":null,"message":"TF400813: The user is not authorized.","typeName":'
            b'"Microsoft.TeamFoundation.Framework.Server.UnauthorizedRequestException, M","typeKey":'
            b'"UnauthorizedRequestException","errorCode":0,"eventId":3000}',
            "UnauthorizedRequestException",
            "TF400813: The user is not authorized.",
        ),
        (b'\xef\xbb\xbf{"Code":"Conflict","Message":"Busy."}', "Conflict", "Busy."),
        (b'{"error":{"code":503}}', "503", ""),
        (b"", UNKNOWN, ""),
        (b"<html><body>502 Bad Gateway</body></html>", UNKNOWN, ""),
        (b"null", UNKNOWN, ""),
        (b"[]", UNKNOWN, ""),
        (b'"no"', UNKNOWN, ""),
        (b'{"error":null}', UNKNOWN, ""),
        (b'{"error":{"code":null,"message":5}}', UNKNOWN, ""),
        (b'{"error":{"code":true}}', UNKNOWN, ""),
        (b'{"error":{"code":""}}', UNKNOWN, ""),
        (b"\xff\xfe", UNKNOWN, ""),
        (b"[" * 100_000, UNKNOWN, ""),
    ],
)
def test_forms(raw: bytes, code: str, message: str) -> None:
    """Code and message are found in every form; anything else is an unknown error."""
    assert parse(raw) == (code, message)


@pytest.mark.parametrize(
    ("api", "name", "code"),
    [
        ("arm", "error-401-expired-token", "ExpiredAuthenticationToken"),
        ("arm", "error-403-authorization-failed-recorded", "AuthorizationFailed"),
        ("arm", "error-404-resource-not-found-recorded", "ResourceNotFound"),
        ("arm", "error-429-subscription-throttled", "SubscriptionRequestsThrottled"),
        ("metrics", "error-400-invalid-metric", "BadRequest"),
        ("metrics-getbatch", "error-500-internal", "InternalServerError"),
        ("metric-definitions", "error-429-definitions-throttled", "ResourceRequestsThrottled"),
        ("entra", "error-400-invalid-scope", "invalid_scope"),
    ],
)
def test_recorded_errors(api: str, name: str, code: str) -> None:
    """Recorded replies give their code and one line of message, however long."""
    found, message = parse(body(api, name))
    assert found == code
    assert message and "\n" not in message and len(message) <= 300


KEYS = st.sampled_from(["error", "code", "Code", "message", "Message", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=10,
)


@given(st.binary(max_size=50) | JSON.map(msgspec.json.encode))
def test_no_body_is_a_crash(raw: bytes) -> None:
    """Whatever comes, there is a code."""
    code, message = parse(raw)
    assert code and isinstance(message, str)

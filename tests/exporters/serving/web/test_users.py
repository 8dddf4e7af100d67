"""Users and tokens: who is answered, at what cost, and for how long."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import bcrypt
import httpx
import pytest

from exporters.serving.web import passwords
from exporters.serving.web.config import RateLimit
from exporters.serving.web.limit import Limiter
from exporters.serving.web.passwords import Busy, Passwords, decoy
from tests.exporters.serving.test_service import ready
from tests.exporters.serving.web.webbed import TOKEN, certificates, hashed, serving

BEARER = {"authorization": f"Bearer {TOKEN}"}


def users(**passwords: str) -> str:
    """The users of a web configuration."""
    listed = ", ".join(f"{name}: {hashed(password)}" for name, password in passwords.items())
    return f"basic_auth_users: {{{listed}}}\n"


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The passwords that bcrypt was asked about."""
    asked: list[bytes] = []
    check = bcrypt.checkpw

    def counting(password: bytes, hash: bytes) -> bool:
        asked.append(password)
        return check(password, hash)

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    return asked


async def test_every_path_asks_for_a_user(tmp_path: Path) -> None:
    """Probes and pages that are not there too, as with other exporters; the answer names the scheme."""
    async with serving(tmp_path, users(alice="secret")) as served, served.client() as client:
        for path in ("/metrics", "/healthz", "/readyz", "/config", "/", "/none"):
            reply = await client.get(path)
            assert (reply.status_code, reply.text) == (401, "Unauthorized\n")
            assert reply.headers.get_list("www-authenticate") == ["Basic"]
        assert (await client.post("/-/reload")).status_code == 401
        client.auth = httpx.BasicAuth("alice", "secret")
        await ready(client)
        assert "singlepane_estate_info" in (await client.get("/metrics")).text
        assert (await client.get("/none")).status_code == 404
        assert served.counts.refused == {"credentials": 7}


async def test_passwords_are_checked_once(tmp_path: Path, checks: list[bytes]) -> None:
    """Right and wrong ones and those of unknown users; a user's name does not make another's password his."""
    async with serving(tmp_path, users(alice="secret", bob="other")) as served, served.client() as client:
        for _ in range(3):
            for user, password, status in (
                ("alice", "secret", 200),
                ("alice", "other", 401),
                ("bob", "other", 200),
                ("mallory", "secret", 401),
                ("Alice", "secret", 401),
                ("", "", 401),
            ):
                reply = await client.get("/healthz", auth=(user, password))
                assert (user, reply.status_code) == (user, status)
    assert sorted(checks) == sorted([b"secret", b"other", b"other", b"secret", b"secret", b""])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic YWxpY2U=",
        "Basic /////w==",
        "Digest YWxpY2U6c2VjcmV0",
        "YWxpY2U6c2VjcmV0",
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
    ],
)
async def test_what_is_no_credential(value: str, tmp_path: Path) -> None:
    """A header of another form is answered as a missing one."""
    certificates(tmp_path)
    text = users(alice="secret") + "bearer_token_files: [good.token]\n"
    async with serving(tmp_path, text) as served, served.client() as client:
        reply = await client.get("/healthz", headers={"authorization": value})
        assert reply.status_code == 401
        assert reply.headers.get_list("www-authenticate") == ["Basic", "Bearer"]
        twice = [("authorization", f"Bearer {TOKEN}"), ("authorization", value)]
        assert (await client.get("/healthz", headers=twice)).status_code == 401


async def test_tokens(tmp_path: Path) -> None:
    """Any of the files' tokens; a rotated one holds from the next look on, the old one no longer."""
    certificates(tmp_path)
    (tmp_path / "second.token").write_text("second")
    text = "bearer_token_files: [good.token, second.token]\n"
    async with serving(tmp_path, text) as served, served.client() as client:
        for token, status in ((TOKEN, 200), ("second", 200), ("third", 401)):
            reply = await client.get("/healthz", headers={"authorization": f"Bearer {token}"})
            assert reply.status_code == status
        assert (await client.get("/healthz", auth=("alice", "secret"))).status_code == 401
        # An editor that puts a byte order mark in front changes no token.
        (tmp_path / "second.token").write_text("\ufeffthird\r\n")
        await served.live.reload()
        for token, status in (("third", 200), ("second", 401)):
            reply = await client.get("/healthz", headers={"authorization": f"bearer {token}"})
            assert reply.status_code == status


async def test_a_user_who_is_removed_is_out(tmp_path: Path) -> None:
    """At once, though the password was remembered; a new password of a user replaces the old one."""
    async with serving(tmp_path, users(alice="secret", bob="other")) as served, served.client() as client:
        for user, password in (("alice", "secret"), ("bob", "other")):
            assert (await client.get("/healthz", auth=(user, password))).status_code == 200
        served.write(users(alice="changed"))
        await served.live.reload()
        for user, password, status in (
            ("alice", "secret", 401),
            ("alice", "changed", 200),
            ("bob", "other", 401),
        ):
            assert (await client.get("/healthz", auth=(user, password))).status_code == status


async def test_a_slow_check_blocks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a password is checked in its thread, others are answered."""
    certificates(tmp_path)
    text = users(alice="secret") + "bearer_token_files: [good.token]\n"
    check = bcrypt.checkpw
    ended: list[float] = []

    def slow(password: bytes, hash: bytes) -> bool:
        time.sleep(0.5)
        ended.append(time.monotonic())
        return check(password, hash)

    monkeypatch.setattr(bcrypt, "checkpw", slow)
    async with serving(tmp_path, text) as served, served.client() as client, served.client() as other:
        waiting = asyncio.create_task(client.get("/healthz", auth=("alice", "secret")))
        answered = []
        while not ended:
            assert (await other.get("/metrics", headers=BEARER)).status_code == 200
            answered.append(time.monotonic())
        assert (await waiting).status_code == 200
    assert len([each for each in answered if each < ended[0]]) >= 5


async def test_a_flood_of_wrong_passwords(checks: list[bytes]) -> None:
    """No more than a few wait, each password once; who is known already is answered all the time."""
    store = {"alice": hashed("secret", 6)}
    unknown = decoy(store)
    guard = Passwords()
    assert await guard.fit(store, unknown, "alice", b"secret")
    flood = [
        asyncio.create_task(guard.fit(store, unknown, "alice", b"guess %d" % (number // 2)))
        for number in range(4 * passwords.MOST_WAITING)
    ]
    await asyncio.sleep(0)
    assert await guard.fit(store, unknown, "alice", b"secret")
    outcomes = await asyncio.gather(*flood, return_exceptions=True)
    assert outcomes.count(False) == 2 * passwords.MOST_WAITING
    assert sum(isinstance(each, Busy) for each in outcomes) == 2 * passwords.MOST_WAITING
    assert len(checks) == 1 + passwords.MOST_WAITING
    for number in range(passwords.REMEMBERED + 10):
        assert not await guard.fit(store, unknown, f"user {number}", b"x")
    before = len(checks)
    assert await guard.fit(store, unknown, "alice", b"secret")
    assert len(checks) == before
    guard.close()


async def test_a_request_that_ends_early_ends_no_other(checks: list[bytes]) -> None:
    """Two wait for one check; the first goes away."""
    store = {"alice": hashed("secret", 8)}
    guard = Passwords()
    first, second = (
        asyncio.create_task(guard.fit(store, decoy(store), "alice", b"secret")) for _ in range(2)
    )
    await asyncio.sleep(0.001)
    first.cancel()
    assert await second
    assert checks == [b"secret"]
    guard.close()


def test_unknown_users_take_as_long_as_known_ones() -> None:
    """They are checked against a hash of the same cost, which no password has."""
    made = decoy({"alice": hashed("secret", 5), "bob": hashed("secret", 6)})
    assert made.startswith("$2b$06$")
    assert not bcrypt.checkpw(b"secret", made.encode())
    assert made != decoy({"bob": hashed("secret", 6)})


async def test_long_passwords_are_cut_as_bcrypt_does() -> None:
    """72 bytes are what counts, as for the program that made the hash."""
    guard = Passwords()
    store = {"alice": bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()}
    assert await guard.fit(store, decoy(store), "alice", b"x" * 72 + b"more")
    assert not await guard.fit(store, decoy(store), "alice", b"x" * 71)
    guard.close()


async def test_headers_of_every_reply(tmp_path: Path) -> None:
    """Of refusals, too."""
    text = users(alice="secret") + "http_server_config: {headers: {X-Frame-Options: deny}}\n"
    async with serving(tmp_path, text) as served, served.client() as client:
        for password, status in (("secret", 200), ("wrong", 401)):
            reply = await client.get("/healthz", auth=("alice", password))
            assert (reply.status_code, reply.headers["x-frame-options"]) == (status, "deny")


async def test_a_rate_limit(tmp_path: Path) -> None:
    """The burst is answered, more is not; a reload without a limit lifts it."""
    async with (
        serving(tmp_path, "rate_limit: {interval: 1h, burst: 3}\n") as served,
        served.client() as client,
    ):
        statuses = [(await client.get("/healthz")).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert served.counts.refused == {"rate": 2}
        served.write("{}\n")
        await served.live.reload()
        assert (await client.get("/healthz")).status_code == 200


def test_a_bucket_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    """One token for each interval, never more than the burst."""
    now = [100.0]
    monkeypatch.setattr("exporters.serving.web.limit.monotonic", lambda: now[0])
    limiter = Limiter(RateLimit(interval="2s", burst=2))  # type: ignore[arg-type]
    assert [limiter.allow() for _ in range(3)] == [True, True, False]
    now[0] += 2.0
    assert [limiter.allow() for _ in range(2)] == [True, False]
    now[0] += 60.0
    assert [limiter.allow() for _ in range(3)] == [True, True, False]

"""Who is let in: tokens, hosts, other sites' pages, sizes; and that nothing of another user is ever seen."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from limner.agent.messages import RequestError
from limner.agent.surfaces.http.access import LONGEST_BODY, Access, Gate
from tests.surfaces.http.conftest import ANA, Served

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
]


def test_without_a_token_or_with_a_wrong_one_nothing_is_told(served: Served) -> None:
    for path in ("/v1/models", "/v1/jobs", "/v1/pictures/img-1", "/metrics", "/docs", "/mcp", "/openapi.json"):
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {ANA}"}):
            answer = served.nobody.get(path, headers=headers)
            assert answer.status_code == 401, (path, headers)
            assert answer.headers["WWW-Authenticate"] == "Bearer" and "error" in answer.json()


def test_a_monitor_needs_no_token(served: Served) -> None:
    assert served.nobody.get("/healthz").json() == {"status": "ok"}
    assert served.nobody.get("/readyz").json()["family"] == "fake"


def test_a_browser_signs_in_once_and_its_cookie_is_out_of_reach_of_scripts(served: Served) -> None:
    with httpx.Client(base_url=served.address, headers={"Accept": "text/html"}) as browser:
        assert browser.get("/").headers["location"] == "/login"
        assert browser.post("/login", data={"token": "wrong"}).status_code == 401
        signed = browser.post("/login", data={"token": ANA})
        assert signed.headers["location"] == "/"
        cookie = signed.headers["set-cookie"].casefold()
        assert "httponly" in cookie and "samesite=lax" in cookie
        assert browser.get("/v1/models", headers={"Accept": "application/json"}).status_code == 200


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_sites_page_gets_nothing_done(served: Served, headers: dict[str, str]) -> None:
    before = len(served.ana.get("/v1/jobs").json()["data"])
    answer = served.ana.post("/v1/jobs", json={"text": "draw a fox"}, headers=headers)
    assert answer.status_code == 403 and "Access-Control-Allow-Origin" not in answer.headers
    assert served.ana.get("/v1/pictures", headers=headers).status_code == 403
    assert len(served.ana.get("/v1/jobs").json()["data"]) == before


def test_a_link_from_elsewhere_may_be_followed(served: Served) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert served.ana.get("/docs", headers=headers).status_code == 200
    assert served.ana.post("/v1/jobs", json={"text": "x"}, headers=headers).status_code == 403


def test_our_own_page_is_not_foreign(served: Served) -> None:
    headers = {"Origin": served.address, "Sec-Fetch-Site": "same-origin"}
    assert served.ana.get("/v1/models", headers=headers).status_code == 200


def test_every_answer_forbids_guessing_types_and_framing(served: Served) -> None:
    for answer in (served.nobody.get("/v1/models"), served.ana.get("/v1/models"), served.nobody.get("/login")):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("length", [str(LONGEST_BODY + 1), "many", "-1"])
def test_a_body_that_says_it_is_too_large_is_not_read(length: str) -> None:
    assert asyncio.run(_status_for("localhost", **{"Content-Length": length})) == 413


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8008", "127.0.0.1.evil.example", "", "localhost.evil"])
def test_without_tokens_only_the_name_of_this_machine_is_answered(host: str) -> None:
    assert asyncio.run(_status_for(host)) == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8008", "localhost:8008", "[::1]:8008", "localhost"])
def test_this_machine_is_answered(host: str) -> None:
    assert asyncio.run(_status_for(host)) == 200


async def _status_for(host: str, **headers: str) -> int:
    async def fine(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body"})  # type: ignore[operator]

    transport = httpx.ASGITransport(Gate(fine, Access()))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get("/", headers={"Host": host, **headers})).status_code


def test_other_machines_are_let_in_only_with_a_long_token() -> None:
    with pytest.raises(RequestError, match="--auth"):
        Access.of("ana", "0.0.0.0", [])
    with pytest.raises(RequestError, match="16 characters"):
        Access.of("ana", "0.0.0.0", ["short"])
    with pytest.raises(RequestError, match="same token"):
        Access.of("ana", "0.0.0.0", [f"a:{ANA}", f"b:{ANA}"])
    assert Access.of("ana", "127.0.0.1", []).tokens == {}
    assert Access.of("ana", "0.0.0.0", [ANA]).user_of(ANA) == "ana"


def test_what_one_user_made_is_not_there_for_another(served: Served) -> None:
    made = served.ana.post("/v1/images/generations", json={"prompt": "a secret fox"}).json()
    handle, job = made["data"][0]["handle"], made["job"]
    for path in (
        f"/v1/pictures/{handle}",
        f"/v1/pictures/{handle}/why",
        f"/v1/jobs/{job}",
        f"/v1/jobs/{job}/events",
        f"/files/{handle}",
    ):
        assert served.bob.get(path).status_code == 404, path
    assert served.bob.delete(f"/v1/jobs/{job}").status_code == 404
    listed = served.bob.get("/v1/jobs").text + served.bob.get("/v1/pictures").text
    assert "secret" not in listed and job not in listed
    edit = served.bob.post("/v1/images/edits", data={"prompt": "make it red", "image_ref": handle})
    assert edit.status_code == 400 and "there is no" in edit.json()["error"]["message"]


@pytest.mark.parametrize(
    "handle", ["..%2F..%2Fetc%2Fpasswd", "%2e%2e/%2e%2e/etc/passwd", "img-1%00.png", "img-1/../../x", "a" * 300]
)
def test_no_path_leads_out_of_the_pictures(served: Served, handle: str) -> None:
    answer = served.ana.get(f"/v1/pictures/{handle}")
    assert answer.status_code in (404, 422) and "root:" not in answer.text


def test_metrics_count_without_naming_anybody(served: Served) -> None:
    served.ana.get("/v1/pictures/img-12345")
    text = served.ana.get("/metrics").text
    assert 'route="/v1/pictures/{handle}"' in text and 'limner_jobs{state="done"}' in text
    assert "limner_engine_up 1.0" in text and "img-12345" not in text and "ana" not in text

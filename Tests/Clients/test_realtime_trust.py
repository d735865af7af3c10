"""Who is believed: signatures of the proxy and of publishers, and what clients forge. By gripcontrol and PyJWT."""

import time

import gripcontrol
import httpx
import jwt
import pytest

from grip import PATIENCE, event

EVENTS = "application/websocket-events"


@pytest.fixture
def direct(pushpin):
    """The functions as CGI programs, around the proxy."""
    return httpx.Client(base_url=f"http://127.0.0.1:{pushpin.cgi}/probes", timeout=PATIENCE)


@pytest.fixture
def key(pushpin):
    return gripcontrol.parse_grip_uri(pushpin.grip_url)["key"]


def sign(key, issuer="pushpin", seconds=600):
    return {"Grip-Sig": jwt.encode({"iss": issuer, "exp": int(time.time()) + seconds}, key)}


def test_the_proxys_signature_is_valid(proxy):
    headers = dict(proxy.get("/show-proxied").json())
    assert gripcontrol.validate_sig(headers["grip-sig"], proxy.key, proxy.issuer)
    assert not gripcontrol.validate_sig(headers["grip-sig"], "another key", proxy.issuer)


def test_a_clients_signature_is_replaced(proxy):
    headers = proxy.get("/show-proxied", headers=sign("a key of my own")).json()
    signatures = [value for field, value in headers if field == "grip-sig"]
    assert [gripcontrol.validate_sig(signature, proxy.key, proxy.issuer) for signature in signatures] == [True]


def test_a_client_cannot_forge_meta(proxy):
    with proxy.socket(additional_headers={"Meta-Count": "41", "Connection-Id": "mine"}) as socket:
        socket.send("!count")
        assert socket.recv(timeout=PATIENCE) == "1"


def test_a_client_cannot_forge_events(proxy):
    """What looks like WebSocket-over-HTTP and comes from a client is none."""
    answer = proxy.http.post(
        "/echo-messages", content=b"OPEN\r\n", headers={"Content-Type": EVENTS, "Connection-Id": "mine"})
    assert answer.status_code != 200


def test_direct_request_is_refused(direct, name):
    answer = direct.get("/hold-stream", params={"channel": name})
    assert (answer.status_code, answer.json()["code"]) == (501, "not-proxied")


@pytest.mark.parametrize("forged", [
    {"Grip-Sig": "x"}, sign("a key of my own"),
    {"Grip-Sig": jwt.encode({"iss": "pushpin", "exp": 4_000_000_000}, None, algorithm="none")},
], ids=["no token", "another key", "no algorithm"])
def test_forged_signature_is_refused(direct, name, forged):
    answer = direct.get("/hold-stream", params={"channel": name}, headers=forged)
    assert (answer.status_code, answer.json()["code"]) == (501, "not-proxied")


def test_signature_is_read(direct, key, name):
    ask = lambda **claims: direct.get("/hold-stream", params={"channel": name}, headers=sign(key, **claims)).status_code
    assert [ask(), ask(seconds=-600), ask(issuer="somebody")] == [200, 501, 501]


def test_direct_events_with_forged_meta_are_refused(direct):
    answer = direct.post(
        "/echo-messages", content=b"OPEN\r\n",
        headers={"Content-Type": EVENTS, "Connection-Id": "mine", "Meta-User": "admin"})
    assert (answer.status_code, answer.json()["code"]) == (501, "not-proxied")


def test_gripcontrol_reads_our_events(direct, key):
    """The answer to each event, by gripcontrol's parser."""
    sent = [
        gripcontrol.WebSocketEvent("OPEN"), gripcontrol.WebSocketEvent("TEXT", "ü"),
        gripcontrol.WebSocketEvent("BINARY", b"\x00\r\n\xff"), gripcontrol.WebSocketEvent("TEXT", "!count"),
        gripcontrol.WebSocketEvent("TEXT", "!subscribe news"), gripcontrol.WebSocketEvent("CLOSE", b"\x0f\xa1"),
    ]
    answer = direct.post(
        "/echo-messages", content=gripcontrol.encode_websocket_events(sent),
        headers={"Content-Type": EVENTS, "Connection-Id": "1", "Meta-Count": "41", **sign(key)})
    assert answer.status_code == 200, answer.text
    assert (answer.headers["content-type"], answer.headers["sec-websocket-extensions"]) == (EVENTS, "grip")
    assert answer.headers["set-meta-count"] == "42"
    events = [(event.type, event.content) for event in gripcontrol.decode_websocket_events(answer.content)]
    assert events == [
        ("OPEN", None), ("TEXT", "m:ü".encode()), ("BINARY", b"m:\x00\r\n\xff"), ("TEXT", b"m:42"),
        ("TEXT", b'c:{"type":"subscribe","channel":"news"}'), ("CLOSE", b"\x0f\xa1"),
    ]


def test_gripcontrol_publishes_several_formats(proxy, name):
    with proxy.stream(channel=name) as events, proxy.socket(query={"channel": name}) as socket:
        proxy.control(name, gripcontrol.HttpStreamFormat(event("a stream's")), gripcontrol.WebSocketMessageFormat("a socket's"))
        assert (events.next().data, socket.recv(timeout=PATIENCE)) == ("a stream's", "a socket's")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"items": 1}', '{"items": [{"formats": {}}]}'])
def test_malformed_publication_is_refused(proxy, body):
    assert proxy.post(body).status_code == 400


def test_publication_with_another_key_is_refused(proxy, name):
    """Pushpin 1.36 believes whoever reaches its control port; the runner's port is everybody's."""
    item = {"channel": name, "formats": {"http-stream": {"content": "x"}}}
    expected = [200, 200, 200] if proxy.is_pushpin else [401, 401, 401]
    now = int(time.time())
    assert [
        proxy.post_items(item, key="another key").status_code,
        proxy.post_items(item, claims={"iss": "somebody", "exp": now + 600}).status_code,
        proxy.post_items(item, claims={"iss": proxy.issuer, "exp": now - 600}).status_code,
    ] == expected

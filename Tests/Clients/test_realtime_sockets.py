"""WebSockets that a GRIP proxy holds, by `websockets`, and functions that answer their events."""

import gripcontrol
import httpx
import pytest
import websockets
from websockets.exceptions import ConnectionClosed, InvalidStatus

from grip import PATIENCE, base64_text, event


@pytest.fixture
def socket(proxy):
    with proxy.socket() as socket:
        yield socket


def closing(socket):
    """How the other side ends it."""
    with pytest.raises(ConnectionClosed) as caught:
        while True:
            socket.recv(timeout=PATIENCE)
    return caught.value.rcvd.code, caught.value.rcvd.reason


def exchange(socket, message):
    socket.send(message)
    return socket.recv(timeout=PATIENCE)


@pytest.mark.parametrize("message", ["", "a", "ü 🔔", "x" * 100_000, b"", b"\x00\xff", bytes(100_000)],
                         ids=["empty text", "text", "wide text", "long text", "empty", "bytes", "many bytes"])
def test_echo(socket, message):
    assert exchange(socket, message) == message


def test_many_messages_keep_their_order(socket):
    for number in range(100):
        socket.send(str(number))
    assert [socket.recv(timeout=PATIENCE) for _ in range(100)] == [str(number) for number in range(100)]


def test_fragments_are_one_message(socket):
    socket.send(iter(["one, ", "two, ", "three"]))
    assert socket.recv(timeout=PATIENCE) == "one, two, three"


def test_ping_is_answered(socket):
    assert socket.ping().wait(PATIENCE)


def test_alias(proxy):
    with proxy.socket("/echo-messages-too") as socket:
        assert exchange(socket, "too") == "too"


def test_greeting_comes_with_the_opening(proxy):
    with proxy.socket(query={"greeting": "welcome"}) as socket:
        assert socket.recv(timeout=PATIENCE) == "welcome"
        assert not [field for field in socket.response.headers if field.lower().startswith(("grip", "set-meta"))]


def test_opening_is_refused(proxy):
    with pytest.raises(InvalidStatus) as caught:
        proxy.socket(query={"refuse": 1})
    response = caught.value.response
    assert response.status_code == 401
    assert b"This one is refused." in response.body


def test_what_is_no_socket_is_not_found(proxy):
    with pytest.raises(InvalidStatus) as caught:
        proxy.socket("/nothing")
    assert caught.value.response.status_code == 404


def test_subprotocol_is_chosen(proxy):
    with proxy.socket(subprotocols=["other", "apus"]) as socket:
        assert socket.subprotocol == "apus"
    with proxy.socket(subprotocols=["other"]) as socket:
        assert socket.subprotocol is None


def test_compression_is_refused(proxy):
    with proxy.socket(compression="deflate") as socket:
        assert not socket.protocol.extensions
        assert "sec-websocket-extensions" not in socket.response.headers
        assert exchange(socket, "plain") == "plain"


def test_subscription_at_the_opening(proxy, name):
    with proxy.socket(query={"channel": name}) as socket:
        proxy.publish(name, "news")
        assert socket.recv(timeout=PATIENCE) == "news"


def test_subscription_later_and_its_end(proxy, name, socket):
    socket.send(f"!subscribe {name}")
    assert exchange(socket, "there") == "there"
    proxy.publish(name, "news")
    assert socket.recv(timeout=PATIENCE) == "news"

    socket.send(f"!unsubscribe {name}")
    assert exchange(socket, "still there") == "still there"
    proxy.publish(name, "more news")
    assert exchange(socket, "the next") == "the next"


def test_what_gripcontrol_publishes_arrives(proxy, name):
    with proxy.socket(query={"channel": name}) as socket:
        proxy.control(name, gripcontrol.WebSocketMessageFormat("by gripcontrol"))
        assert socket.recv(timeout=PATIENCE) == "by gripcontrol"


def test_published_bytes_arrive_as_bytes(proxy, name):
    with proxy.socket(query={"channel": name}) as socket:
        item = {"channel": name, "formats": {"ws-message": {"content-bin": base64_text(b"\x00\xff")}}}
        assert proxy.post_items(item).is_success
        assert socket.recv(timeout=PATIENCE) == b"\x00\xff"


def test_sockets_and_streams_share_a_channel(proxy, name):
    with proxy.socket(query={"channel": name}) as socket, proxy.stream(channel=name) as events:
        proxy.publish(name, event("for both"))
        assert socket.recv(timeout=PATIENCE) == event("for both")
        assert events.next().data == "for both"


def test_published_close(proxy, name):
    with proxy.socket(query={"channel": name}) as socket:
        proxy.control(name, gripcontrol.WebSocketMessageFormat(action="close", code=4321, reason="enough"))
        assert closing(socket) == (4321, "enough")


def test_items_of_a_channel_keep_their_order(proxy, name):
    with proxy.socket(query={"channel": name}) as socket:
        for number in range(20):
            proxy.publish(name, str(number))
        assert [socket.recv(timeout=PATIENCE) for _ in range(20)] == [str(number) for number in range(20)]


def test_function_closes(socket):
    socket.send("!close 4001")
    assert closing(socket) == (4001, "asked")


def test_message_before_the_close_arrives(socket):
    socket.send("the last")
    socket.send("!close 1000")
    assert socket.recv(timeout=PATIENCE) == "the last"
    assert closing(socket) == (1000, "asked")


def test_client_closes(socket):
    socket.close(4002, "done")
    assert (socket.close_code, socket.close_reason) == (4002, "done")


def test_a_failing_message_closes_with_1008(socket):
    socket.send("!fail")
    assert closing(socket) == (1008, "conflict")


def test_meta_is_remembered(socket):
    assert [exchange(socket, "!count") for _ in range(3)] == ["1", "2", "3"]


def test_meta_is_the_connections_own(proxy, socket):
    assert exchange(socket, "!count") == "1"
    with proxy.socket() as other:
        assert exchange(other, "!count") == "1"


def test_keep_alive(proxy):
    with proxy.socket(query={"keep-alive": "still here"}) as socket:
        assert [socket.recv(timeout=PATIENCE) for _ in range(2)] == ["still here"] * 2


def test_detached_socket_only_listens(proxy, name):
    with proxy.socket(query={"channel": name}) as socket:
        assert exchange(socket, "attached") == "attached"
        socket.send("!detach")
        socket.send("unheard")
        for word in ("first", "second"):
            proxy.publish(name, word)
            assert socket.recv(timeout=PATIENCE) == word


def test_plain_request_is_told_to_upgrade(proxy):
    answer = httpx.get(proxy.url + "/echo-messages", timeout=PATIENCE)
    assert (answer.status_code, answer.json()["code"]) == (426, "upgrade-required")

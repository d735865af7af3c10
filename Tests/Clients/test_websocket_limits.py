"""Where the runner's WebSockets end: the size of a message, handshakes that are none, and compression, which is refused."""

import asyncio
import base64
import os
import struct
import urllib.parse

import pytest

import grip
from autobahn_peer import frame, header
from crowd import PATIENCE, Socket

LIMIT = 1 << 20


@pytest.fixture(scope="module")
def url():
    return grip.runner_proxy().url + "/echo-messages"


def answer_to(url, *parts):
    """What comes back for frames, until the other side ends: a message, or the code of its close."""
    async def run():
        client = await Socket.open(url)
        for part in parts:
            client.writer.write(part)
        try:
            return await asyncio.wait_for(client.message(), PATIENCE)
        except EOFError as end:
            return struct.unpack("!H", end.args[0][:2])[0]
        finally:
            client.drop()

    return asyncio.run(run())


@pytest.mark.parametrize("opcode", [1, 2], ids=["text", "bytes"])
def test_the_largest_message(url, opcode):
    assert answer_to(url, frame(opcode, b"x" * LIMIT)) == b"x" * LIMIT


@pytest.mark.parametrize("parts", [
    [frame(1, b"x" * (LIMIT + 1))],
    [frame(2, b"x" * LIMIT, fin=False), frame(0, b"x")],
    [frame(1, b"x" * 1024, fin=False)] + [frame(0, b"x" * 1024, fin=False)] * 1024,
    # It is refused for what it announces; nothing more need come.
    [header(2, 1 << 40, True, 0, os.urandom(4))],
], ids=["a frame", "two fragments", "many fragments", "announced"])
def test_a_larger_message_is_refused(url, parts):
    assert answer_to(url, *parts) == 1009


@pytest.mark.parametrize("wrong, code", [
    (b"\x81\x05hello", 1002),  # A client's frame has a mask.
    (header(2, 1 << 63, True, 0, bytes(4)), 1009),
    (frame(9, b"x" * 126), 1002), (frame(8, b"\x03"), 1002), (frame(8, struct.pack("!H", 1005)), 1002),
    (frame(1, b"x", rsv=4), 1002), (frame(0, b"x"), 1002), (frame(1, b"\xff"), 1007), (frame(8, b"\x03\xe8\xff"), 1007),
], ids=["no mask", "top bit of the length", "large ping", "short close", "code of no close", "compressed", "no beginning",
        "text", "reason"])
def test_a_wrong_frame_is_told_why(url, wrong, code):
    assert answer_to(url, wrong) == code


def handshake(url, change):
    """The head of the answer to a handshake in which some fields are others, or missing."""
    place = urllib.parse.urlsplit(url)
    fields = {
        "Host": place.netloc, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode()} | change

    async def run():
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
        writer.write("\r\n".join([f"GET {place.path} HTTP/1.1", *lines, "", ""]).encode())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        writer.transport.abort()
        return head.decode().lower()

    return asyncio.run(run())


def test_the_key_is_answered(url):
    """RFC 6455's own example (§1.3)."""
    head = handshake(url, {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="})
    assert head.startswith("http/1.1 101 ")
    assert "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=" in head


@pytest.mark.parametrize("offer", [
    "permessage-deflate", "permessage-deflate; client_max_window_bits; server_no_context_takeover",
    "permessage-deflate; client_max_window_bits=99, x-webkit-deflate-frame", "permessage-bzip2",
])
def test_compression_is_offered_and_refused(url, offer):
    """Sections 12 and 13 of Autobahn's cases are about compression; what is refused is not named in the answer."""
    head = handshake(url, {"Sec-WebSocket-Extensions": offer})
    assert head.startswith("http/1.1 101 ") and "sec-websocket-extensions" not in head


@pytest.mark.parametrize("change, status", [
    ({"Sec-WebSocket-Version": "8"}, 426), ({"Sec-WebSocket-Version": None}, 426),
    ({"Sec-WebSocket-Key": None}, 400), ({"Sec-WebSocket-Key": "short"}, 400),
    ({"Upgrade": "h2c"}, 426), ({"Connection": "close"}, 400),
], ids=["version 8", "no version", "no key", "wrong key", "another protocol", "no upgrade"])
def test_a_wrong_handshake_is_refused(url, change, status):
    assert handshake(url, change).startswith(f"http/1.1 {status} ")

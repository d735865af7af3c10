"""The client's side of a WebSocket, as low as its frames, under the names that Autobahn's cases call it by."""

import asyncio
import base64
import os
import struct
import types
import urllib.parse

from websockets.frames import apply_mask

# Cases give up after some seconds, mostly one. What passes has ended before, so a slow machine may have longer.
PATIENCE = 8


class Peer:
    """The client's side of one connection, as Autobahn's `WebSocketClientProtocol` has it."""

    CLOSE_STATUS_CODE_NORMAL = 1000
    CLOSE_STATUS_CODE_PROTOCOL_ERROR = 1002
    CLOSE_STATUS_CODE_INVALID_PAYLOAD = 1007
    STATE_CLOSED, STATE_OPEN, STATE_CLOSING = 0, 3, 2
    MESSAGE_TYPE_TEXT = 1

    factory = types.SimpleNamespace(isServer=False)
    autoFragmentSize = 0
    createWirelog = False

    def __init__(self, reader, writer, patience=PATIENCE):
        self.reader, self.writer, self.patience = reader, writer, patience
        self.state, self.connectionWasOpen = self.STATE_OPEN, True
        self.closedByMe = self.failedByMe = self.droppedByMe = self.wasClean = False
        self.remoteCloseCode = self.localCloseReason = None
        self.txFrameStats = {0: 0, 1: 0}
        self.chunks, self.timers = asyncio.Queue(), []

    # What cases send.

    def sendFrame(self, opcode, payload="", fin=True, rsv=0, mask=None, payload_len=None, chopsize=None, sync=False):
        content = octets(payload)
        if payload_len is not None:
            content = (content * (payload_len // len(content) + 1))[:payload_len]
        if opcode in self.txFrameStats:
            self.txFrameStats[opcode] += 1
        self.put(frame(opcode, content, fin, rsv), chopsize)

    def sendMessage(self, payload, isBinary=False, fragmentSize=None, sync=False):
        if self.state != self.STATE_OPEN:
            return
        content, size = octets(payload), fragmentSize or self.autoFragmentSize
        parts = [content[at : at + size] for at in range(0, len(content), size)] if size else [content]
        frames = []
        for number, part in enumerate(parts or [b""]):
            opcode = (2 if isBinary else 1) if number == 0 else 0
            self.txFrameStats[opcode] = self.txFrameStats.get(opcode, 0) + 1
            frames.append(frame(opcode, part, number == len(parts) - 1))
        self.put(b"".join(frames), 1 << 16)

    def beginMessage(self):
        pass

    def beginMessageFrame(self, length):
        self.mask = os.urandom(4)
        self.put(header(1, length, False, 0, self.mask))

    def sendMessageFrameData(self, payload, sync=False):
        content = octets(payload)
        self.put(apply_mask(content, self.mask))
        turn = len(content) % 4
        self.mask = self.mask[turn:] + self.mask[:turn]

    def endMessage(self):
        self.sendFrame(0)

    def sendCloseFrame(self, code=None, reasonUtf8=None):
        if self.state == self.STATE_OPEN:
            self.state, self.closedByMe, self.localCloseReason = self.STATE_CLOSING, True, reasonUtf8
            self.put(close_frame(code, octets(reasonUtf8 or "")))

    def sendClose(self, code=None, reason=None):
        reason = reason if reason is None or isinstance(reason, bytes) else reason.encode()
        self.sendCloseFrame(code, reason)

    def put(self, content, size=None):
        size = size or max(len(content), 1)
        for at in range(0, len(content), size):
            self.chunks.put_nowait(content[at : at + size])

    # When they give up.

    def continueLater(self, delay, action, tag=None):
        self.later(delay, action)

    def closeAfter(self, delay):
        self.later(delay * self.patience, self.sendClose)

    def killAfter(self, delay):
        self.later(delay * self.patience, self.kill)

    def later(self, delay, action):
        act = lambda: None if self.state == self.STATE_CLOSED else action()
        self.timers.append(asyncio.get_running_loop().call_later(delay, act))

    def kill(self):
        self.failedByMe, self.wasClean = True, False
        self.drop()

    def drop(self):
        self.droppedByMe = True
        self.writer.transport.abort()

    def enableWirelog(self, enable):
        pass

    # What comes.

    async def run(self, case):
        case.onOpen()
        sending = asyncio.create_task(self.send())
        try:
            await self.receive(case)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.state = self.STATE_CLOSED
            for timer in self.timers:
                timer.cancel()
            sending.cancel()
            self.writer.transport.abort()
            case.onConnectionLost(self.failedByMe)

    async def send(self):
        try:
            while True:
                self.writer.write(await self.chunks.get())
                await self.writer.drain()
        except ConnectionError:
            pass

    async def receive(self, case):
        message, is_binary = [], False
        while True:
            fin, opcode, content = await self.frame()
            if opcode == 8:
                return await self.end(content)
            elif opcode == 9:
                self.put(frame(10, content))
                case.onPing(content.decode("latin-1"))
            elif opcode == 10:
                case.onPong(content.decode("latin-1"))
            else:
                is_binary = opcode == 2 if opcode else is_binary
                message.append(content)
                if fin:
                    case.onMessage(b"".join(message).decode("latin-1"), is_binary)
                    message = []

    async def frame(self):
        first, second = await self.reader.readexactly(2)
        assert first & 0x70 == 0 and second & 0x80 == 0, "A frame of a server has no reserved bit and no mask."
        length = second & 0x7F
        if length > 125:
            length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
        return first & 0x80, first & 0x0F, await self.reader.readexactly(length)

    async def end(self, content):
        """The close of the server, which then ends the connection, as RFC 6455 §7.1.1 prefers it."""
        self.wasClean = True
        self.remoteCloseCode = int.from_bytes(content[:2], "big") if content else None
        if self.state == self.STATE_OPEN:
            self.state = self.STATE_CLOSING
            self.put(close_frame(self.remoteCloseCode, b""))
        try:
            await asyncio.wait_for(self.reader.read(), self.patience)
        except asyncio.TimeoutError:
            self.drop()


def octets(payload):
    return payload if isinstance(payload, bytes) else payload.encode("latin-1")


def frame(opcode, content, fin=True, rsv=0):
    """A frame of a client."""
    mask = os.urandom(4)
    return header(opcode, len(content), fin, rsv, mask) + apply_mask(content, mask)


def header(opcode, length, fin, rsv, mask):
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    if length < 126:
        return struct.pack("!BB", first, 0x80 | length) + mask
    if length < 1 << 16:
        return struct.pack("!BBH", first, 0xFE, length) + mask
    return struct.pack("!BBQ", first, 0xFF, length) + mask


def close_frame(code, reason):
    return frame(8, (struct.pack("!H", code) if code is not None else b"") + reason)


async def connect(url):
    place = urllib.parse.urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 20)
    key = base64.b64encode(os.urandom(16)).decode()
    target = place.path + ("?" + place.query if place.query else "")
    writer.write((
        f"GET {target} HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101 "), answer.decode("latin-1")
    return reader, writer

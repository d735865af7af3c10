"""Drives the cases of the Autobahn test suite against a WebSocket that echoes.

    python Tests/Clients/autobahn_cases.py ws://localhost:8787/probes/echo-messages [1.1 7.9.3 ...]

The suite is a program in Python 2 on an old Twisted. Its cases are plain classes, though: they say what is sent,
and what must come. So this loads the classes out of the package from PyPI, in which a text of Python 2 is a text of
Latin-1, and gives them what they speak to, on asyncio: as much of Autobahn's own protocol as they use. No judgment is
made here but theirs.
"""

import asyncio
import base64
import importlib.abc
import importlib.util
import os
import pathlib
import re
import struct
import sys
import types
import urllib.parse

from websockets.frames import apply_mask

# Cases give up after some seconds, mostly one. What passes has ended before, so a slow machine may have longer.
PATIENCE = 8

# Sections 12 and 13 negotiate compression, which is refused; 9.9 is not among the suite's own cases.
FILES = re.compile(r"case(10|[1-7]|9_[1-7])_\w+\.py")


class Python2(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the suite's modules, and the few of others that they name."""

    def __init__(self, folder):
        self.folder = folder

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "autobahn" or name == "case" or (self.folder / (name + ".py")).exists():
            return importlib.util.spec_from_loader(name, self, is_package=name in ("autobahn", "autobahn.websocket"))

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        names = {"xrange": range, "unichr": chr, "hexadecimal": lambda text: text.encode("latin-1").hex()}
        vars(module).update(names, WebSocketProtocol=Peer, Utf8Validator=Utf8Validator)
        if not module.__name__.startswith("autobahn"):
            path = self.folder / (module.__name__ + ".py")
            text = path.read_text(encoding="latin-1")
            text = re.sub(r"^( *)print\b.*", r"\1pass", text, flags=re.MULTILINE)
            text = text.replace("binascii.b2a_hex", "hexadecimal").replace("(object, Case, )", "(Case, )")
            text = text.replace(" / self.p.auto", " // self.p.auto")
            exec(compile("# coding: utf-8\n" + text, str(path), "exec"), vars(module))


class Utf8Validator:
    """Tells whether a text is valid until its end, and ends there."""

    def reset(self):
        pass

    def validate(self, text):
        try:
            text.encode("latin-1").decode()
        except UnicodeDecodeError:
            return False, False
        return True, True


def load():
    """The classes of the cases by their numbers, in order."""
    folder = pathlib.Path(importlib.util.find_spec("autobahntestsuite").submodule_search_locations[0]) / "case"
    finder, before = Python2(folder), set(sys.modules)
    sys.meta_path.insert(0, finder)
    try:
        modules = [importlib.import_module(path.stem) for path in folder.iterdir() if FILES.fullmatch(path.name)]
        case = importlib.import_module("case").Case
    finally:
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - before:
            if isinstance(sys.modules[name].__loader__, Python2):
                del sys.modules[name]
    # Two equal texts that are one object make another pickle than two that are two.
    case.compare = lambda self, one, other: one == other
    found = {}
    for module in modules:
        for value in vars(module).values():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, type) and issubclass(item, case) and item is not case:
                    found[tuple(map(int, item.__name__[4:].split("_")))] = item
    return {".".join(map(str, number)): found[number] for number in sorted(found)}


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


class Verdict:
    """What a case says of itself in the end."""

    def __init__(self, case):
        self.behavior, self.close = case.behavior, case.behaviorClose
        self.text = f"{case.result} {case.resultClose} It got {str(case.received)[:300]}."

    @property
    def is_passed(self):
        allowed = ("OK", "NON-STRICT", "INFORMATIONAL")
        return self.behavior in allowed and self.close in ("OK", "INFORMATIONAL")


async def run(url, cases, at_once=40, patience=PATIENCE):
    """Runs cases, many at a time, and gives their verdicts by their numbers."""
    gate, verdicts = asyncio.Semaphore(at_once), {}

    async def one(number, kind):
        async with gate:
            peer = Peer(*await connect(url), patience)
            case = kind(peer)
            await peer.run(case)
            verdicts[number] = Verdict(case)

    await asyncio.gather(*(one(number, kind) for number, kind in cases.items()))
    return {number: verdicts[number] for number in cases}


def main(url, *sections):
    chosen = {
        number: kind for number, kind in load().items()
        if not sections or any(f"{number}.".startswith(section + ".") for section in sections)}
    verdicts = asyncio.run(run(url, chosen))
    for number, verdict in verdicts.items():
        if not verdict.is_passed or verdict.behavior == "NON-STRICT":
            print(f"{number}: {verdict.behavior}, close: {verdict.close}. {verdict.text}")
    behaviors = [verdict.behavior if verdict.is_passed else "FAILED" for verdict in verdicts.values()]
    print(", ".join(f"{behaviors.count(kind)} {kind}" for kind in sorted(set(behaviors))), "of", len(behaviors))


if __name__ == "__main__":
    main(*sys.argv[1:])

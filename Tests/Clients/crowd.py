"""Many clients at once, on asyncio: as little of a client as can be, so that what is slow is not it."""

import asyncio
import contextlib
import os
import pathlib
import resource
import urllib.parse

from autobahn_peer import connect, frame

PATIENCE = 120


def allow_many_files():
    """As many connections as the machine lets us have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def each(count, start, at_once=50):
    """Starts something so many times, a few at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(number):
        async with gate:
            return await start(number)

    return await asyncio.gather(*(one(number) for number in range(count)))


class Socket:
    """A WebSocket that is open."""

    @classmethod
    async def open(cls, url):
        made = cls()
        made.reader, made.writer = await asyncio.wait_for(connect(url.replace("http:", "ws:", 1)), PATIENCE)
        return made

    async def message(self):
        """The next message; a ping is none."""
        while True:
            first, length = await self.reader.readexactly(2)
            if length > 125:
                length = int.from_bytes(await self.reader.readexactly(2 if length == 126 else 8), "big")
            content = await self.reader.readexactly(length)
            if first & 0x0F in (1, 2):
                return content
            if first & 0x0F == 8:
                raise EOFError(content)

    async def echo(self, text):
        self.writer.write(frame(1, text))
        return await asyncio.wait_for(self.message(), PATIENCE)

    def drop(self):
        self.writer.transport.abort()


class Stream:
    """A stream of HoldStream, or of what is like it, that has begun."""

    @classmethod
    async def open(cls, url, headers=""):
        place = urllib.parse.urlsplit(url)
        made = cls()
        made.reader, made.writer = await asyncio.open_connection(place.hostname, place.port, limit=1 << 20)
        made.writer.write(f"GET {place.path}?{place.query} HTTP/1.1\r\nHost: {place.netloc}\r\n{headers}\r\n".encode())
        head = await asyncio.wait_for(made.reader.readuntil(b"\r\n\r\n"), PATIENCE)
        assert head.startswith(b"HTTP/1.1 200 "), head.decode("latin-1")
        await asyncio.wait_for(made.message(), PATIENCE)
        return made

    async def message(self):
        """The next chunk, which is what was published once."""
        length = int(await self.reader.readline(), 16)
        return (await self.reader.readexactly(length + 2))[:-2]

    def drop(self):
        self.writer.transport.abort()


class Process:
    """What the system tells of a process."""

    def __init__(self, pid):
        self.folder = pathlib.Path("/proc") / str(pid)

    @classmethod
    def of(cls, state):
        """The copy of the runner that serves on a state folder."""
        wanted = os.fsencode(os.path.realpath(state))
        for folder in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if folder.name.isdigit() and b"up" in words[1:2] and wanted in map(os.path.realpath, words):
                    return cls(folder.name)
        raise LookupError(f"No runner serves on {state}.")

    @property
    def memory(self):
        """What is resident, in bytes."""
        lines = (self.folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))

    @property
    def files(self):
        return len(list((self.folder / "fd").iterdir()))

    async def wait_until_files(self, most):
        for _ in range(PATIENCE * 20):
            if self.files <= most:
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{self.files} files are open; there were to be {most}.")

"""Crowds, slow readers, garbage, and clients that come and go: what the runner bears. No time is asserted."""

import asyncio
import os
import random
import struct

import httpx
import pytest

import crowd
import grip
from autobahn_peer import frame
from crowd import PATIENCE, Process, Socket, Stream

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def runner_copy():
    crowd.allow_many_files()
    return Process.of(os.environ["APUS_STATE"])


@pytest.fixture(scope="module")
def url():
    return grip.runner_proxy().url


async def publish(url, channel, content):
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        answer = await client.post(url + "/publish", json={"channel": channel, "content": content})
        assert answer.status_code == 204, answer.text


async def is_well(url):
    """A new client is served."""
    client = await Socket.open(url + "/echo-messages")
    assert await client.echo(b"well?") == b"well?"
    client.drop()


def test_thousands_of_idle_sockets(runner_copy, url):
    async def run():
        await is_well(url)
        files, memory = runner_copy.files, runner_copy.memory
        sockets = await crowd.each(2000, lambda _: Socket.open(url + "/echo-messages"))
        each = (runner_copy.memory - memory) / len(sockets)
        assert runner_copy.files > len(sockets)
        assert each < 64 * 1024, f"A connection takes {each:.0f} bytes."

        assert await sockets[-1].echo(b"the last") == await sockets[0].echo(b"the last")
        for socket in sockets:
            socket.drop()
        await runner_copy.wait_until_files(files + 20)
        await is_well(url)

    asyncio.run(run())


def test_a_thousand_clients_get_one_item(url, name):
    async def run():
        streams = await crowd.each(500, lambda _: Stream.open(f"{url}/hold-stream?channel={name}"))
        sockets = await crowd.each(500, lambda _: Socket.open(f"{url}/echo-messages?channel={name}"))
        waiting = [asyncio.create_task(client.message()) for client in streams + sockets]
        await publish(url, name, "data: for all\n\n")
        assert set(await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)) == {b"data: for all\n\n"}
        for client in streams + sockets:
            client.drop()

    asyncio.run(run())


def test_slow_readers_are_dropped_and_others_served(runner_copy, url, name):
    """Who takes nothing loses the connection, at far less than is sent to all; the others lose nothing."""
    item, count = "x" * 200_000, 50
    proxy, formats = grip.runner_proxy(), {"http-stream": {"content": item}, "ws-message": {"content": item}}

    async def ignore(kind, path):
        client = await kind.open(f"{url}{path}?channel={name}")
        client.writer.transport.pause_reading()
        return client

    async def run():
        memory = runner_copy.memory
        slow = await crowd.each(10, lambda _: ignore(Stream, "/hold-stream"))
        slow += await crowd.each(10, lambda _: ignore(Socket, "/echo-messages"))
        fast = [await Stream.open(f"{url}/hold-stream?channel={name}"), await Socket.open(f"{url}/echo-messages?channel={name}")]
        for _ in range(count):
            waiting = [asyncio.create_task(client.message()) for client in fast]
            answer = await asyncio.to_thread(proxy.post_items, {"channel": name, "formats": formats})
            assert answer.is_success, answer.text
            assert [len(got) for got in await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)] == [len(item)] * 2

        assert runner_copy.memory < memory + 200 * MEGABYTE
        for client in slow:
            client.writer.transport.resume_reading()
            got = 0
            with pytest.raises((EOFError, ConnectionError)):
                while True:
                    got += len(await asyncio.wait_for(client.message(), PATIENCE))
            assert got < len(item) * count * 3 / 4
        for client in fast + slow:
            client.drop()

    asyncio.run(run())


def garbage(dice):
    """Bytes that are nearly frames."""
    content = b""
    for _ in range(dice.randrange(1, 8)):
        whole = bytearray(frame(
            dice.choice([0, 1, 1, 2, 8, 9, 10, dice.randrange(16)]), dice.randbytes(dice.choice([0, 1, 5, 125, 126, 300, 70_000])),
            dice.random() < 0.7, dice.choice([0, 0, 0, dice.randrange(8)])))
        for _ in range(dice.randrange(3)):
            whole[dice.randrange(len(whole) if dice.random() < 0.3 else 6)] = dice.randrange(256)
        content += whole[: dice.randrange(len(whole)) if dice.random() < 0.2 else None]
    return content


@pytest.mark.parametrize("seed", range(4))
def test_garbage_harms_nobody(runner_copy, url, seed):
    dice = random.Random(seed)

    async def throw(_):
        client = await Socket.open(url + "/echo-messages")
        client.writer.write(garbage(dice))
        try:
            await client.writer.drain()
            client.writer.write_eof()
            await asyncio.wait_for(client.reader.read(), PATIENCE)
        except ConnectionError:
            pass
        client.drop()

    async def run():
        other = await Socket.open(url + "/echo-messages")
        memory, files = runner_copy.memory, runner_copy.files
        await crowd.each(200, throw)
        assert await other.echo(b"still there") == b"still there"
        await is_well(url)
        await runner_copy.wait_until_files(files + 20)
        assert runner_copy.memory < memory + 100 * MEGABYTE
        other.drop()

    asyncio.run(run())


def test_clients_that_come_and_go_leave_nothing(runner_copy, url, name):
    half = b"GET /probes/echo-messages HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"

    async def come_and_go(number):
        kind = number % 4
        if kind == 0:
            (await Socket.open(f"{url}/echo-messages?channel={name}")).drop()
        elif kind == 1:
            (await Stream.open(f"{url}/hold-stream?channel={name}")).drop()
        elif kind == 2:  # In the midst of a message.
            client = await Socket.open(f"{url}/echo-messages?channel={name}")
            client.writer.write(frame(1, b"x" * 1000)[:500])
            await client.writer.drain()
            client.drop()
        else:  # In the midst of the handshake.
            port = httpx.URL(url).port
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(half + (b"" if number % 8 == 3 else struct.pack("!I", number)))
            await writer.drain()
            writer.transport.abort()

    async def run():
        await is_well(url)
        await crowd.each(400, come_and_go)
        files, memory = runner_copy.files, runner_copy.memory
        await crowd.each(3000, come_and_go)
        await publish(url, name, "to nobody")
        await is_well(url)
        await runner_copy.wait_until_files(files + 20)
        assert runner_copy.memory < memory + 50 * MEGABYTE

    asyncio.run(run())

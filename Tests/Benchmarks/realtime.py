"""Measures connections that the runner holds, and prints the figures.

realtime.py URL RUNNER-PID; the URL is that of the app Probes. The clients are in one process of Python, on the
processors that the runner has, too: what they take is part of the time until the last of them has an item.
"""

import asyncio
import statistics
import sys
import time

import httpx

import crowd
from crowd import Process, Socket, Stream

IDLE, CLIENTS, ROUNDS = 2000, 1000, 20


async def idle(url, runner):
    before = runner.memory
    start = time.monotonic()
    sockets = await crowd.each(IDLE, lambda _: Socket.open(url + "/echo-messages"))
    seconds = time.monotonic() - start
    held = runner.memory
    for socket in sockets:
        socket.drop()
    await runner.wait_until_files(100)
    print(f"{IDLE} idle WebSockets: {(held - before) / IDLE / 1024:.1f} KB each, opened at {IDLE / seconds:.0f} a second")
    print(f"memory of the runner: {mega(before)} MB before, {mega(held)} with them, {mega(runner.memory)} when they were gone")


async def broadcast(url, kinds):
    """From the POST to each client's message, in milliseconds."""
    clients = []
    for kind, path in kinds:
        clients += await crowd.each(CLIENTS // len(kinds), lambda _: kind.open(f"{url}{path}?channel=bench"))
    lasts, medians = [], []
    async with httpx.AsyncClient(timeout=60) as http:
        for round in range(ROUNDS):
            async def hear(client):
                await client.message()
                return time.monotonic()

            waiting = [asyncio.create_task(hear(client)) for client in clients]
            await asyncio.sleep(0.1)
            start = time.monotonic()
            sending = asyncio.create_task(http.post(url + "/publish", json={"channel": "bench", "content": "data: bell\n\n"}))
            times = [1000 * (heard - start) for heard in await asyncio.gather(*waiting)]
            assert (await sending).status_code == 204
            lasts.append(max(times)), medians.append(statistics.median(times))
    for client in clients:
        client.drop()
    print(f"  the median client after {statistics.median(medians):.0f} ms, the last after {statistics.median(lasts):.0f} ms; "
          f"the worst round {max(lasts):.0f} ms (of {ROUNDS} rounds)")


def mega(size):
    return f"{size / (1 << 20):.0f}"


async def main(url, pid):
    crowd.allow_many_files()
    runner = Process(pid)
    warm = await Socket.open(url + "/echo-messages")
    await warm.echo(b"warm")
    await idle(url, runner)
    stream, socket = (Stream, "/hold-stream"), (Socket, "/echo-messages")
    for words, kinds in [("streams", [stream]), ("WebSockets", [socket]), ("of both", [stream, socket])]:
        print(f"one item by a POST to a function, to {CLIENTS} {words}:")
        await broadcast(url, kinds)


asyncio.run(main(*sys.argv[1:]))

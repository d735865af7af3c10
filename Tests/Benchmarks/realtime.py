"""Measures connections that the runner holds, and prints the figures.

realtime.py URL RUNNER-PID; the runner has the apps Probes and Brainstorm. The clients are in one process of Python, on the
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


async def listen(kinds):
    """Clients of these kinds, each with where it connects, as many of one as of another."""
    clients = []
    for kind, url in kinds:
        clients += await crowd.each(CLIENTS // len(kinds), lambda _: kind.open(url))
    return clients


async def broadcast(words, clients, post):
    """Has something published, again and again, and prints after how many milliseconds the clients have it.

    post: given the round, sends it and returns what is in the message.
    """
    lasts, medians = [], []
    for round in range(ROUNDS):
        wanted, send = post(round)

        async def hear(client):
            while wanted not in await client.message():
                pass
            return time.monotonic()

        waiting = [asyncio.create_task(hear(client)) for client in clients]
        await asyncio.sleep(0.1)
        start = time.monotonic()
        sending = asyncio.create_task(send())
        times = [1000 * (heard - start) for heard in await asyncio.gather(*waiting)]
        answer = await sending
        assert answer.is_success, answer.text
        lasts.append(max(times)), medians.append(statistics.median(times))
    for client in clients:
        client.drop()
    print(f"{words}, to {CLIENTS} clients:")
    print(f"  the median client after {statistics.median(medians):.0f} ms, the last after {statistics.median(lasts):.0f} ms; "
          f"the worst round {max(lasts):.0f} ms (of {ROUNDS} rounds)")


async def probe(url, http):
    """One item that a function publishes."""
    def post(round):
        content = f"data: bell {round}.\n\n"
        return content.encode(), lambda: http.post(url + "/publish", json={"channel": "bench", "content": content})

    stream, socket = (Stream, url + "/hold-stream?channel=bench"), (Socket, url + "/echo-messages?channel=bench")
    for words, kinds in [("streams", [stream]), ("WebSockets", [socket]), ("half streams, half WebSockets", [stream, socket])]:
        await broadcast(f"one item, {words}", await listen(kinds), post)


async def brainstorm(url, http):
    """The bell of Brainstorm: the day begins or ends in the database, and all are told."""
    answer = await http.post(url + "/api/auth/signin", json={"email": "admin@demo.com", "password": "admin123"})
    assert answer.is_success, answer.text
    query = f"?types=bell&token={(await http.get(url + '/api/obs/token')).json()['token']}"

    def post(round):
        bell = {"action": "start_day" if round % 2 else "end_day", "message": f"Rung {round}."}
        return bell["message"].encode(), lambda: http.post(url + "/api/obs/bell", json=bell)

    kinds = [(Stream, url + "/api/obs/events" + query), (Socket, url + "/api/ws" + query)]
    await broadcast("the bell of Brainstorm, half streams, half WebSockets", await listen(kinds), post)


def mega(size):
    return f"{size / (1 << 20):.0f}"


async def main(url, pid):
    crowd.allow_many_files()
    runner = Process(pid)
    probes = url + "/probes"
    warm = await Socket.open(probes + "/echo-messages")
    await warm.echo(b"warm")
    await idle(probes, runner)
    async with httpx.AsyncClient(timeout=60) as http:
        await probe(probes, http)
        await brainstorm(url + "/brainstorm", http)


asyncio.run(main(*sys.argv[1:]))

"""How long two starts take, in turn, in ms: python3 start.py ROUNDS PORT PATH RUNNER POSTGRES.

RUNNER is the command of the runner, which has started when PATH answers 200; POSTGRES that of
PostgreSQL on the same data, which has started when it says so. Each is stopped before the next.
"""

import http.client
import shlex
import signal
import statistics
import subprocess
import sys
import time


def answered(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def start(command, is_ready, output):
    begin = time.monotonic()
    process = subprocess.Popen(shlex.split(command), stdout=output, stderr=output, text=True)
    try:
        while not is_ready(process):
            if process.poll() is not None:
                sys.exit(f"{command} has ended.")
        return (time.monotonic() - begin) * 1000
    finally:
        process.send_signal(signal.SIGINT)
        if process.stderr:
            process.stderr.read()
        process.wait()


def runner_is_ready(process):
    time.sleep(0.002)
    return answered(port, path)


def postgres_is_ready(process):
    return "ready to accept connections" in process.stderr.readline()


rounds, port, path, runner, postgres = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
times = [
    (start(runner, runner_is_ready, subprocess.DEVNULL), start(postgres, postgres_is_ready, subprocess.PIPE))
    for _ in range(rounds)
]
print(*(f"{statistics.median(side):.1f}" for side in zip(*times)))

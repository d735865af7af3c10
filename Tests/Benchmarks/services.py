"""Measures the emulated services beside moto, in turn within one run, and prints a table.

services.py REPLAY RUNNER-PID MOTO-PORT MOTO-PID; the runner's addresses come from the environment. Requests are made and
signed by boto3 beforehand and written to files; a small client in C replays them, so both sides get the same
bytes but for the signature, and no Python is in what is measured.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import uuid

import boto3

ROUNDS, SMALL, CONNECTIONS, LARGE = 3, 300, 4, 64 << 20


class Prepared(Exception):
    """Carries a request out of the SDK, which would have sent it next."""


def raw(method, url, headers, body):
    place = urllib.parse.urlsplit(url)
    path = place.path + ("?" + place.query if place.query else "")
    fields = {name.lower(): value for name, value in headers.items() if name.lower() != "expect"}
    fields |= {"host": place.netloc, "content-length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def catch(request, **_):
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    headers = {name: value.decode() if isinstance(value, bytes) else value
               for name, value in request.headers.items()}
    raise Prepared(raw(request.method, request.url, headers, body.encode() if isinstance(body, str) else body))


class Side:
    """The runner or moto: its clients, and what was measured of it."""

    def __init__(self, name, pid, url, **keys):
        self.name, self.pid, self.port = name, pid, urllib.parse.urlsplit(url).port
        make = lambda service: boto3.client(service, endpoint_url=url, region_name="us-east-1", **keys)
        self.s3, self.sqs = make("s3"), make("sqs")
        self.preparing = {"s3": make("s3"), "sqs": make("sqs")}
        for client in self.preparing.values():
            client.meta.events.register("before-send", catch)
        self.place = "benchmark-" + uuid.uuid4().hex[:8]
        self.s3.create_bucket(Bucket=self.place)
        self.queue = self.sqs.create_queue(QueueName=self.place)["QueueUrl"]

    def prepare(self, service, operation, **parameters):
        try:
            getattr(self.preparing[service], operation)(**parameters)
        except Prepared as prepared:
            return prepared.args[0]
        raise AssertionError("The SDK has sent what it should only prepare.")

    def replay(self, requests, connections=CONNECTIONS):
        """Requests a second, and the bodies of the answers."""
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            with open(folder + "/requests", "wb") as file:
                for request in requests:
                    file.write(b"%08d" % len(request) + request)
            said = subprocess.run(
                [REPLAY, str(self.port), str(connections), folder + "/requests", folder + "/answers"],
                check=True, capture_output=True, text=True).stdout.split()
            with open(folder + "/answers", errors="replace") as file:
                answers = file.read().split("\n")[:-1]
        if said[2] != "0":
            print(f"  answers of {self.name} that failed: {said[2]} of {len(requests)}")
        return len(requests) / float(said[0]), answers

    def memory(self, line="VmRSS"):
        with open(f"/proc/{self.pid}/status") as file:
            return next(int(text.split()[1]) / 1024 for text in file if text.startswith(line))


def small_objects(side):
    place = {"Bucket": side.place}
    keys = [f"small/{number}" for number in range(SMALL)]
    body = os.urandom(1024)
    yield "S3: put 1 KB", side.replay([side.prepare("s3", "put_object", Key=key, Body=body, **place) for key in keys])[0]
    yield "S3: get 1 KB", side.replay([side.prepare("s3", "get_object", Key=key, **place) for key in keys])[0]


def messages(side):
    queue = {"QueueUrl": side.queue}
    send = side.prepare("sqs", "send_message", MessageBody="x" * 100, **queue)
    yield "SQS: send", side.replay([send] * SMALL)[0]
    receive = side.prepare("sqs", "receive_message", **queue)
    rate, answers = side.replay([receive] * SMALL)
    yield "SQS: receive", rate
    # An answer that failed (moto drops a connection now and then) is empty, and has been told of.
    handles = [message["ReceiptHandle"] for answer in filter(None, answers) for message in json.loads(answer).get("Messages", [])]
    assert len(handles) > 0.9 * SMALL, f"{side.name} gave {len(handles)} of {SMALL} messages."
    yield "SQS: delete", side.replay([side.prepare("sqs", "delete_message", ReceiptHandle=handle, **queue) for handle in handles])[0]


def large_objects(side):
    place = {"Bucket": side.place, "Key": "large"}
    size = LARGE / (1 << 20)
    put = side.prepare("s3", "put_object", Body=os.urandom(LARGE), **place)
    yield "S3: put 64 MB", side.replay([put], 1)[0] * size
    yield "S3: get 64 MB", side.replay([side.prepare("s3", "get_object", **place)], 1)[0] * size


def keys(side):
    base = f"{os.environ['CLOUDFLARE_BASE_URL']}/accounts/{os.environ['CLOUDFLARE_ACCOUNT_ID']}/storage/kv/namespaces"
    headers = {"Authorization": "Bearer " + os.environ["CLOUDFLARE_API_TOKEN"], "Content-Type": "application/json"}
    title = json.dumps({"title": uuid.uuid4().hex}).encode()
    made = json.loads(side.replay([raw("POST", base, headers, title)])[1][0])
    values = [f"{base}/{made['result']['id']}/values/key-{number}" for number in range(SMALL)]
    headers["Content-Type"] = "application/octet-stream"
    yield "KV: put 1 KB", side.replay([raw("PUT", url, headers, os.urandom(1024)) for url in values])[0]
    yield "KV: get 1 KB", side.replay([raw("GET", url, headers, b"") for url in values])[0]


def spread(figures):
    figures = sorted(figures)
    return figures[0], figures[len(figures) // 2], figures[-1]


def main():
    ours = Side("Apus", int(sys.argv[2]), os.environ["AWS_ENDPOINT_URL_S3"])
    moto = Side("moto", int(sys.argv[4]), f"http://127.0.0.1:{sys.argv[3]}",
                aws_access_key_id="AKIAMOTO", aws_secret_access_key="moto")
    figures = {}
    before = {side.name: side.memory() for side in (ours, moto)}
    for measure, sides in [(small_objects, (ours, moto)), (messages, (ours, moto)), (keys, (ours,))]:
        for round in range(ROUNDS):
            for side in sides[::1 if round % 2 else -1]:
                for row, figure in measure(side):
                    figures.setdefault(row, {}).setdefault(side.name, []).append(figure)
    between = {side.name: side.memory() for side in (ours, moto)}
    for round in range(ROUNDS):
        for side in (ours, moto):
            for row, figure in large_objects(side):
                figures.setdefault(row, {}).setdefault(side.name, []).append(figure)

    print(f"\n{'':16}{'Apus':>27}{'moto':>27}  {'ratio':>6}")
    print(f"{'':16}" + f"{'least':>9}{'median':>9}{'most':>9}" * 2 + f"  {'of medians':>6}")
    for row, sides in figures.items():
        both = [spread(sides[name]) for name in ("Apus", "moto") if name in sides]
        unit = "MB/s" if "64 MB" in row else "/s"
        text = "".join(f"{figure:9.0f}" for figures in both for figure in figures)
        ratio = f"{both[0][1] / both[1][1]:6.1f}" if len(both) > 1 else ""
        print(f"{row:16}{text:54}  {ratio:>6} {unit}")
    for side in (ours, moto):
        print(f"memory of {side.name}: {before[side.name]:.0f} MB at first, {between[side.name]:.0f} before and "
              f"{side.memory():.0f} after objects of 64 MB, {side.memory('VmHWM'):.0f} at most")


REPLAY = sys.argv[1]
main()

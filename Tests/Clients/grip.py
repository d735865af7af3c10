"""The functions of the app Probes behind a GRIP proxy, and what clients do with them.

There are two proxies, the runner and the real Pushpin; `proxy` runs a test with each.
"""

import base64
import contextlib
import itertools
import json
import os
import pathlib
import time
import urllib.parse

import gripcontrol
import httpx
import httpx_sse
import jwt
import pubcontrol
import websockets.sync.client

PATIENCE = 20  # seconds, until a test gives up


class Proxy:
    """Where a proxy is, and the way it goes."""

    def __init__(self, name, url, grip_url):
        self.name, self.url, self.grip_url = name, url, grip_url
        self.http = httpx.Client(base_url=url, timeout=PATIENCE)

    @property
    def is_pushpin(self):
        return self.name == "pushpin"

    def get(self, path, headers=(), **query):
        return self.http.get(path, headers=headers, params=query)

    @contextlib.contextmanager
    def stream(self, previous=None, resume=None, **query):
        """A stream of HoldStream, of which the first event has come: it is held.

        previous: the id of the item that its first answer takes account of.
        resume: that of the answer at the next link; None for one without a hold.
        """
        if previous:
            after = {"channel": query["channel"], "next": "?"} | ({"resume": resume} if resume else {})
            query |= {"prev-id": previous, "next": "?" + urllib.parse.urlencode(after)}
        with httpx_sse.connect_sse(self.http, "GET", "/hold-stream", params=query) as source:
            yield Events(source)

    def socket(self, path="/echo-messages", query=(), **options):
        address = self.url.replace("http:", "ws:") + path + ("?" + urllib.parse.urlencode(query) if query else "")
        options = {"open_timeout": PATIENCE, "close_timeout": PATIENCE, "ping_interval": None, **options}
        return websockets.sync.client.connect(address, **options)

    def publish(self, channel, content, id=None, previous=None, closes=False):
        """Has a function publish, which finds the proxy by its GRIP_URL."""
        item = {"channel": channel, "content": content, "id": id, "previousId": previous, "closes": closes}
        answer = self.http.post("/publish", json=item)
        assert answer.status_code == 204, answer.text

    def control(self, channel, *formats, id=None, previous=None):
        """Publishes by gripcontrol's own client."""
        control = gripcontrol.GripPubControl(gripcontrol.parse_grip_uri(self.grip_url))
        control.publish(channel, pubcontrol.Item(list(formats), id, previous), blocking=True)

    def post_items(self, *items, **options):
        """Publishes what gripcontrol does not write."""
        return self.post(json.dumps({"items": items}), **options)

    def post(self, body, claims=None, key=None):
        place = gripcontrol.parse_grip_uri(self.grip_url)
        claims = claims or {"iss": place["control_iss"], "exp": int(time.time()) + 600}
        headers = {"Authorization": "Bearer " + jwt.encode(claims, key or place["key"])}
        return httpx.post(place["control_uri"] + "/publish/", content=body, headers=headers, timeout=PATIENCE)

    @property
    def issuer(self):
        return gripcontrol.parse_grip_uri(self.grip_url)["control_iss"]

    @property
    def key(self):
        return gripcontrol.parse_grip_uri(self.grip_url)["key"]


class Events:
    """The events of a stream as they come."""

    def __init__(self, source):
        self.response = source.response
        source.response.raise_for_status()
        self.rest = source.iter_sse()
        self.first = next(self.rest)

    def next(self):
        return next(self.rest)

    def take(self, count):
        return [event.data for event in itertools.islice(self.rest, count)]


def event(data, id=None):
    """An event as the wire has it."""
    return (f"id: {id}\n" if id else "") + f"data: {data}\n\n"


def base64_text(content):
    return base64.b64encode(content).decode()


PROBES = {
    "/echo-messages": "EchoMessages", "/echo-messages-too": "EchoMessages", "/hold-stream": "HoldStream",
    "/hold-response": "HoldResponse", "/show-proxied": "ShowProxied", "/publish": "Publish",
}


def mounts(runner):
    """What nginx is to serve, from the folder of the runner's program."""
    folder = pathlib.Path(runner).resolve().parent
    return {("/probes", path): folder / ("Probes" + name) for path, name in PROBES.items()}


def runner_proxy():
    """The runner that the environment tells of, as `local-runner env` prints it."""
    place = urllib.parse.urlsplit(os.environ["GRIP_URL_PROBES"])
    return Proxy("runner", f"http://{place.netloc}/probes", os.environ["GRIP_URL_PROBES"])


def pushpin_proxy(servers):
    return Proxy("pushpin", f"http://127.0.0.1:{servers.port}/probes", servers.grip_url)

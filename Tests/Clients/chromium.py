"""A headless Chromium, driven by its own DevTools protocol."""

import base64
import contextlib
import json
import pathlib
import subprocess
import time

import websockets.sync.client

from pushpin import end_with_parent

PATIENCE = 60  # seconds; a browser on a busy machine takes its time


class Chromium:
    def __init__(self, folder):
        """Starts it, with a profile in a folder that is empty."""
        self.process = subprocess.Popen(
            ["/usr/bin/chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--remote-debugging-port=0", f"--user-data-dir={folder}", "--window-size=1920,1080", "about:blank"],
            env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
        try:
            port, path = self.address(pathlib.Path(folder) / "DevToolsActivePort")
            self.socket = websockets.sync.client.connect(
                f"ws://127.0.0.1:{port}{path}", max_size=None, open_timeout=PATIENCE, ping_interval=None, proxy=None)
        except BaseException:
            self.close()
            raise
        self.count, self.events = 0, []

    def address(self, file):
        for _ in range(PATIENCE * 20):
            assert self.process.poll() is None, f"Chromium has ended with {self.process.returncode}."
            with contextlib.suppress(OSError, ValueError):
                port, path = file.read_text().split("\n")
                return port, path
            time.sleep(0.05)
        raise TimeoutError("Chromium does not come to listen.")

    def call(self, method, session=None, **parameters):
        """Sends a command, and gives its result; what else comes meanwhile is kept in `events`."""
        self.count += 1
        self.socket.send(json.dumps(
            {"id": self.count, "method": method, "params": parameters} | ({"sessionId": session} if session else {})))
        while True:
            message = json.loads(self.socket.recv(timeout=PATIENCE))
            if message.get("id") == self.count:
                assert "error" not in message, message["error"]
                return message["result"]
            self.events.append(message)

    def open(self, url):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Page(self, session, url)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Page:
    def __init__(self, browser, session, url):
        self.browser, self.session = browser, session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(domain + ".enable")
        self.call("Page.navigate", url=url)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def wait_for(self, expression):
        """Until something is true on the page."""
        end = time.monotonic() + PATIENCE
        while not (value := self.evaluate(expression)):
            assert time.monotonic() < end, f"{expression} did not come true. The page: {self.text}"
            time.sleep(0.05)
        return value

    @property
    def text(self):
        return self.evaluate("document.body.innerText")

    @property
    def complaints(self):
        """What the page's console has of errors, such as a script that threw, or that the policy forbids."""
        return [
            event["params"] for event in self.browser.events
            if event.get("sessionId") == self.session and (
                event["method"] == "Runtime.exceptionThrown"
                or event["method"] == "Log.entryAdded" and event["params"]["entry"]["level"] == "error"
                and not event["params"]["entry"].get("url", "").endswith("/favicon.ico"))]

    @property
    def requests(self):
        """The addresses of all that it has asked for."""
        return [
            event["params"].get("url") or event["params"]["request"]["url"] for event in self.browser.events
            if event.get("sessionId") == self.session
            and event["method"] in ("Network.requestWillBeSent", "Network.webSocketCreated")]

    def screenshot(self, path):
        """What it looks like where nothing moves."""
        still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
        self.call("Emulation.setEmulatedMedia", features=still)
        image = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(image))

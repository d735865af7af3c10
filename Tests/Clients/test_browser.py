"""Chromium shows Brainstorm's overlay, and on it a bell as it is rung."""

import contextlib
import json
import os
import pathlib
import subprocess

import httpx
import pytest

from chromium import Chromium
from conftest import REPOSITORY
from pushpin import Pushpin, end_with_parent

PATIENCE = 60


FUNCTIONS = {
    "/obs": "ShowOverlay", "/api/obs/events": "StreamEvents", "/api/ws": "OpenSocket", "/api/obs/bell": "RingBell",
    "/api/obs/snapshot": "ShowSnapshot", "/api/obs/token": "ShowOverlayToken", "/api/auth/signin": "SignIn",
}


@pytest.fixture(scope="module")
def brainstorm(request, tmp_path_factory):
    """Brainstorm in a runner of its own, as who starts it for the first time has it: its port, and what `env` prints."""
    program = request.config.getoption("--runner")
    places = ["--state", str(tmp_path_factory.mktemp("site") / "state"), "--apps", str(REPOSITORY / "Functions")]
    environment = {"PATH": os.environ["PATH"]}
    with subprocess.Popen(
            [program, "up", "--port", "0", "--quiet", *places], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=end_with_parent) as runner:
        said = ""
        for line in runner.stdout:
            said += line
            if "Ready after" in line:
                break
        else:
            raise RuntimeError(said)
        printed = subprocess.run([program, "env", "--json", *places], env=environment, capture_output=True, check=True)
        yield said.split("  port ")[1].split()[0], json.loads(printed.stdout)
        runner.terminate()
        runner.stdout.read()


@pytest.fixture(scope="module", params=["runner", "pushpin"])
def site(request, brainstorm, tmp_path_factory):
    """Where Brainstorm answers: the runner, or the same functions on the same database behind Pushpin."""
    port, addresses = brainstorm
    if request.param == "runner":
        yield f"http://localhost:{port}/brainstorm"
        return
    built = pathlib.Path(request.config.getoption("--runner")).resolve().parent
    variables = {
        "DATABASE_URL": addresses["DATABASE_URL_BRAINSTORM"], "REDIS_URL": addresses["REDIS_URL"],
        "REDIS_KEY_PREFIX": "brainstorm:", "TRUSTED_PROXY_HOPS": "0", "SIGN_IN_LIMIT": "30",
        "ALLOWED_CIDR": "127.0.0.0/8",
    }
    mounts = {("/brainstorm", path): built / ("Brainstorm" + name) for path, name in FUNCTIONS.items()}
    with contextlib.closing(Pushpin(tmp_path_factory.mktemp("pushpin"), mounts, variables)) as servers:
        yield f"http://localhost:{servers.port}/brainstorm"


@pytest.fixture(scope="module")
def admin(site):
    with httpx.Client(base_url=site, timeout=PATIENCE) as admin:
        answer = admin.post("/api/auth/signin", json={"email": "admin@demo.com", "password": "admin123"})
        assert answer.is_success, answer.text
        yield admin


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with contextlib.closing(Chromium(tmp_path_factory.mktemp("chromium"))) as browser:
        yield browser


@pytest.fixture(params=["events", "websocket"])
def overlay(request, browser, site, admin):
    token = admin.get("/api/obs/token").json()["token"]
    page = browser.open(f"{site}/obs?token={token}&transport={request.param}")
    page.transport = request.param
    page.wait_for("document.body && document.body.className == 'open'")
    page.wait_for("document.querySelectorAll('#leaderboard li').length > 0")
    return page


def ring(admin, action, message):
    answer = admin.post("/api/obs/bell", json={"action": action, "message": message})
    assert answer.is_success, answer.text


def test_a_bell_is_shown(overlay, admin, tmp_path):
    message = f"Rung for {overlay.transport}: <b>ü</b> 🔔"
    assert overlay.evaluate("document.getElementById('bell').hidden")
    ring(admin, "end_day", message)
    try:
        overlay.wait_for("!document.getElementById('bell').hidden")
        assert overlay.evaluate("document.getElementById('told').innerText") == message
        assert overlay.evaluate("document.body.className") == "closed"
        overlay.screenshot(os.environ.get("SCREENSHOT", str(tmp_path / "overlay")) + f"-{overlay.transport}.png")
    finally:
        ring(admin, "start_day", "The next day")
    overlay.wait_for("document.getElementById('told').innerText == 'The next day'")

    path = "/api/ws" if overlay.transport == "websocket" else "/api/obs/events"
    other = "/api/obs/events" if overlay.transport == "websocket" else "/api/ws"
    assert [url for url in overlay.requests if path in url]
    assert not [url for url in overlay.requests if other in url]
    assert not overlay.complaints

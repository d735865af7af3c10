"""Chromium shows Brainstorm's overlay, and on it a bell as it is rung."""

import contextlib
import os
import subprocess

import httpx
import pytest

from chromium import Chromium
from conftest import REPOSITORY
from pushpin import end_with_parent

PATIENCE = 60


@pytest.fixture(scope="module")
def site(request, tmp_path_factory):
    """The address of Brainstorm in a runner of its own, as somebody gets it who starts it for the first time."""
    state = tmp_path_factory.mktemp("site") / "state"
    command = [request.config.getoption("--runner"), "up", "--port", "0", "--quiet",
               "--state", str(state), "--apps", str(REPOSITORY / "Functions")]
    with subprocess.Popen(
            command, env={"PATH": os.environ["PATH"]}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, preexec_fn=end_with_parent) as runner:
        said = ""
        for line in runner.stdout:
            said += line
            if "Ready after" in line:
                break
        else:
            raise RuntimeError(said)
        port = said.split("  port ")[1].split()[0]
        yield f"http://localhost:{port}/brainstorm"
        runner.terminate()
        runner.stdout.read()


@pytest.fixture(scope="module")
def admin(site):
    with httpx.Client(base_url=site, timeout=PATIENCE) as admin:
        answer = admin.post("/api/auth/signin", json={"email": "admin@demo.com", "password": "admin123"})
        assert answer.is_success, answer.text
        yield admin


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with contextlib.closing(Browser(tmp_path_factory.mktemp("chromium"))) as browser:
        yield browser


class Browser(Chromium):
    close = Chromium.stop


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

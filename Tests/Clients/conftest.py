"""What the suites share: the copy of the runner that they speak to, its clock, and names that nobody else has.

Where the services are, the clients read from the environment, as `local-runner env` prints it.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import uuid

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

import grip
import pushpin as pushpin_servers

REPOSITORY = pathlib.Path(__file__).parents[2]


def pytest_addoption(parser):
    parser.addoption("--runner", default=str(REPOSITORY / ".build/debug/local-runner"), help="the program")
    parser.addoption("--apps", help="the folder of apps that the runner serves")
    parser.addoption("--outcomes", help="a file that gets a line of JSON for each case")


def pytest_configure(config):
    path = config.getoption("--outcomes")
    if path:
        config.pluginmanager.register(Outcomes(path))


class Outcomes:
    """Tells whoever started the suites how each case ended, at once."""

    def __init__(self, path):
        self.file = open(path, "a", buffering=1)

    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.outcome != "passed":
            line = {"id": report.nodeid, "outcome": report.outcome, "text": report.longreprtext}
            self.file.write(json.dumps(line) + "\n")

    def pytest_collectreport(self, report):
        if report.failed:
            line = {"id": report.nodeid, "outcome": "failed", "text": report.longreprtext}
            self.file.write(json.dumps(line) + "\n")


@pytest.fixture(scope="session")
def runner(request):
    """Runs a command of the runner, and gives what it prints."""
    places = ["--state", os.environ["APUS_STATE"]]
    if request.config.getoption("--apps"):
        places += ["--apps", request.config.getoption("--apps")]

    def run(*command):
        done = subprocess.run(
            [request.config.getoption("--runner"), *command, *places], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def advance(runner):
    """Moves the runner's clock forward; it is set back after the test."""
    yield lambda span: runner("clock", "advance", span)
    runner("clock", "reset")


@pytest.fixture
def name():
    return f"clients-{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session", params=["default", "s3v4"])
def s3(request):
    """S3 as an SDK makes it by default, and as it is told to sign addresses in the newer way."""
    if request.param == "default":
        return boto3.client("s3")
    return boto3.client("s3", config=Config(signature_version="s3v4"))


@pytest.fixture
def bucket(s3, name):
    s3.create_bucket(Bucket=name)
    yield name
    for upload in s3.list_multipart_uploads(Bucket=name).get("Uploads", []):
        s3.abort_multipart_upload(Bucket=name, Key=upload["Key"], UploadId=upload["UploadId"])
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=name):
        keys = [{"Key": item["Key"]} for item in page.get("Contents", [])]
        if keys:
            assert "Errors" not in s3.delete_objects(Bucket=name, Delete={"Objects": keys})
    s3.delete_bucket(Bucket=name)


@contextlib.contextmanager
def refusal(code, status=None):
    """That AWS's SDK is refused something, with a code of the service."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        yield caught
    response = caught.value.response
    assert response["Error"]["Code"] == code
    assert status in (None, response["ResponseMetadata"]["HTTPStatusCode"])


@pytest.fixture(scope="session")
def pushpin(request, tmp_path_factory):
    """The real Pushpin, in front of nginx and fcgiwrap."""
    mounts = grip.mounts(request.config.getoption("--runner"))
    with contextlib.closing(pushpin_servers.Pushpin(tmp_path_factory.mktemp("pushpin"), mounts)) as servers:
        yield servers


@pytest.fixture(scope="session", params=["pushpin", "runner"])
def proxy(request):
    """A GRIP proxy before the functions of the app Probes."""
    if request.param == "runner":
        return grip.runner_proxy()
    return grip.pushpin_proxy(request.getfixturevalue("pushpin"))

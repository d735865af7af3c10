"""S3 and SQS by AWS's command line."""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

import pytest

PROGRAM = pathlib.Path(sys.executable).with_name("aws")


def aws(*arguments, status=0):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return done.stderr if status else done.stdout


@pytest.fixture
def folder(tmp_path):
    """A file of 20 MB, which goes in parts, and two small ones."""
    (tmp_path / "from" / "below").mkdir(parents=True)
    (tmp_path / "from" / "large").write_bytes(os.urandom(20_000_000))
    (tmp_path / "from" / "below" / "ü b.txt").write_text("words")
    (tmp_path / "from" / "empty").touch()
    return tmp_path


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_objects(name, folder):
    place = f"s3://{name}"
    aws("s3", "mb", place)
    assert name in aws("s3", "ls")
    uploaded = aws("s3", "sync", "--no-progress", str(folder / "from"), place + "/copy")
    assert uploaded.count("upload:") == 3
    assert aws("s3", "sync", str(folder / "from"), place + "/copy") == ""
    listed = aws("s3", "ls", "--recursive", "--summarize", place)
    assert "copy/below/ü b.txt" in listed and "Total Objects: 3" in listed
    aws("s3", "sync", place + "/copy", str(folder / "back"))
    assert contents(folder / "back") == contents(folder / "from")

    aws("s3", "cp", place + "/copy/large", place + "/other")
    aws("s3", "mv", place + "/other", str(folder / "moved"))
    assert (folder / "moved").read_bytes() == (folder / "from" / "large").read_bytes()
    url = aws("s3", "presign", place + "/copy/below/ü b.txt").strip()
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"words"
    head = json.loads(aws("s3api", "head-object", "--bucket", name, "--key", "copy/large"))
    assert head["ContentLength"] == 20_000_000

    assert "404" in aws("s3", "cp", place + "/nothing", "-", status=1)
    aws("s3", "rm", "--recursive", place)
    aws("s3", "rb", place)
    assert "NoSuchBucket" in aws("s3", "ls", place, status=255)


def sqs(*arguments, status=0):
    """Version 1 prefers AWS's own address of SQS to the variable, so it has to be told."""
    return aws("--endpoint-url", os.environ["AWS_ENDPOINT_URL_SQS"], "sqs", *arguments, status=status)


def test_queues(name):
    url = json.loads(sqs("create-queue", "--queue-name", name))["QueueUrl"]
    sent = json.loads(sqs(
        "send-message", "--queue-url", url, "--message-body", "ü words", "--message-attributes",
        '{"a": {"DataType": "String", "StringValue": "1"}}'))
    received = json.loads(sqs(
        "receive-message", "--queue-url", url, "--message-attribute-names", "All",
        "--wait-time-seconds", "5"))
    [message] = received["Messages"]
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "ü words")
    assert message["MessageAttributes"]["a"]["StringValue"] == "1"
    sqs("delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    sqs("delete-queue", "--queue-url", url)
    assert "NonExistentQueue" in sqs("get-queue-url", "--queue-name", name, status=255)

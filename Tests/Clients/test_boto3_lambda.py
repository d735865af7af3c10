"""Functions of Lambda, by AWS's SDK for Python: `local-runner lambda` with the app Probes.

The copy is this suite's own, as the others want one that runs functions as `up` does.
"""

import base64
import json
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config
from conftest import REPOSITORY, refusal

ARN = "arn:aws:lambda:us-east-1:000000000000:function:probes-Echo"


class Copy:
    """A running `local-runner lambda`."""

    def __init__(self, program, folder):
        self.places = ["--state", str(folder), "--apps", str(REPOSITORY / "Tests")]
        self.program = program
        self.log = open(folder / "log", "w+")
        self.process = subprocess.Popen(
            [program, "lambda", "--port", "0", "--deadline", "6", *self.places],
            stdout=self.log, stderr=subprocess.STDOUT, env={"PATH": "/usr/bin:/bin"})
        self.wait_for("Ready after")
        self.environment = json.loads(self.run("env", "--json"))

    def said(self):
        return pathlib.Path(self.log.name).read_text()

    def wait_for(self, words):
        end = time.monotonic() + 60
        while words not in self.said():
            assert time.monotonic() < end and self.process.poll() is None, self.said()
            time.sleep(0.05)

    def run(self, *command):
        done = subprocess.run([self.program, *command, *self.places], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def url(self):
        return self.environment["AWS_ENDPOINT_URL_LAMBDA"]

    def client(self, service="lambda", **changes):
        named = {
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
            "endpoint_url": self.url, "region_name": "us-east-1",
            "config": Config(retries={"total_max_attempts": 1}),
        }
        return boto3.client(service, **(named | changes))

    def stop(self):
        self.process.terminate()
        assert self.process.wait(60) == 0, self.said()


@pytest.fixture(scope="module")
def copy(request, tmp_path_factory):
    copy = Copy(request.config.getoption("--runner"), tmp_path_factory.mktemp("lambda"))
    yield copy
    copy.stop()


@pytest.fixture(scope="module")
def functions(copy):
    return copy.client()


def http(method, path, body=None, **headers):
    """An event of API Gateway, payload 2.0, as its documentation has it."""
    return json.dumps({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "a=b",
        "headers": {"content-type": "application/json"} | headers,
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"},
            "requestId": "id", "stage": "$default", "timeEpoch": 1795251600000},
        "body": body, "isBase64Encoded": False})


def invoke(functions, name, payload, **more):
    response = functions.invoke(FunctionName=name, Payload=payload, **more)
    body = response["Payload"].read()
    return response, json.loads(body) if body else None


@pytest.mark.parametrize("name", [
    "probes-Echo", "probes-Echo:$LATEST", "function:probes-Echo", "000000000000:function:probes-Echo",
    ARN, ARN + ":$LATEST"])
def test_a_request_is_answered_whatever_the_function_is_called(functions, name):
    response, answer = invoke(functions, name, http("POST", "/echo", '{"name":"Ada"}'))
    assert (response["StatusCode"], response["ExecutedVersion"]) == (200, "$LATEST")
    assert "FunctionError" not in response and "LogResult" not in response
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"greeting": "Hello, Ada!", "quantity": 1}


def test_an_envelope_is_answered_as_on_standard_input(functions):
    _, answer = invoke(
        functions, "probes-Echo", json.dumps({"method": "POST", "path": "/echo", "json": {"name": "Bob"}}))
    assert answer["status"] == 200 and "Bob" in answer["body"]


def test_a_refusal_of_the_function_is_an_answer(functions):
    response, answer = invoke(functions, "probes-Echo", http("GET", "/echo"))
    assert answer["statusCode"] == 405 and "FunctionError" not in response


def test_a_batch_tells_what_has_failed(functions):
    records = [{
        "messageId": body, "receiptHandle": "h", "body": body, "eventSource": "aws:sqs",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795251600000"},
        "messageAttributes": {}, "awsRegion": "us-east-1"} for body in ["fine", "fail"]]
    _, answer = invoke(functions, "probes-Collect", json.dumps({"Records": records}))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "fail"}]}


def test_a_schedule_runs_and_a_failure_is_an_error(functions):
    event = json.dumps({
        "version": "0", "detail-type": "Scheduled Event", "source": "aws.events",
        "time": "2026-11-21T09:00:00Z", "resources": [], "detail": {}})
    response, answer = invoke(functions, "probes-Tick", event, LogType="Tail")
    assert answer is None and "FunctionError" not in response
    assert "Tick at 2026-11-21T09:00:00.000Z" in base64.b64decode(response["LogResult"]).decode()
    response, answer = invoke(functions, "probes-Doze", event)
    assert response["FunctionError"] == "Unhandled"
    assert answer["errorType"] == "Function.Failure" and "It dozed" in answer["errorMessage"]


def test_an_event_that_the_function_does_not_know_is_an_error(functions):
    response, answer = invoke(functions, "probes-Echo", '{"some": "thing"}')
    assert response["FunctionError"] == "Unhandled"
    assert answer["errorType"] == "Function.InvalidEvent" and '"some"' in answer["errorMessage"]
    # Without a payload it is an empty object.
    response = functions.invoke(FunctionName="probes-Echo")
    assert response["FunctionError"] == "Unhandled"


def test_the_log_has_what_was_written_and_what_lambda_adds(functions):
    response, _ = invoke(
        functions, "probes-Print", http("POST", "/print", "hey"), LogType="Tail")
    id = response["ResponseMetadata"]["RequestId"]
    lines = base64.b64decode(response["LogResult"]).decode().splitlines()
    assert lines[0] == f"START RequestId: {id} Version: $LATEST"
    assert "Shouting hey" in lines
    assert f"END RequestId: {id}" in lines
    assert lines[-1].startswith(f"REPORT RequestId: {id}\tDuration: ")


def test_a_crash_and_a_missed_deadline_are_errors(functions):
    response, answer = invoke(functions, "probes-Crash", http("GET", "/crash/segfault"), LogType="Tail")
    id = response["ResponseMetadata"]["RequestId"]
    assert response["FunctionError"] == "Unhandled"
    assert answer == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {id} Error: Runtime exited with error: signal: segmentation fault"}
    _, answer = invoke(functions, "probes-Exit", http("GET", "/exit/3"))
    assert answer["errorMessage"].endswith("Runtime exited with error: exit status 3")
    _, answer = invoke(functions, "probes-Exit", http("GET", "/exit/0"))
    assert answer["errorMessage"].endswith("Runtime exited without providing a reason")
    response, answer = invoke(functions, "probes-Sleep", http("GET", "/sleep/60000"))
    assert response["FunctionError"] == "Unhandled"
    assert answer["errorType"] == "Sandbox.Timedout"
    assert answer["errorMessage"].endswith("Error: Task timed out after 6.00 seconds")


def test_an_asynchronous_event_runs_and_is_tried_again(copy, functions):
    event = json.dumps({
        "detail-type": "Scheduled Event", "time": "2026-01-02T03:04:05Z"})
    response = functions.invoke(FunctionName="probes-Doze", InvocationType="Event", Payload=event)
    assert response["StatusCode"] == 202 and response["Payload"].read() == b""
    id = response["ResponseMetadata"]["RequestId"]
    copy.wait_for(f"Probes/Doze, invoked as {id}, failed, and is run again in 60 seconds.")
    copy.run("clock", "advance", "61s")
    copy.wait_for(f"Probes/Doze, invoked as {id}, failed, and is run again in 120 seconds.")
    copy.run("clock", "advance", "121s")
    copy.wait_for(f"Probes/Doze, invoked as {id}, failed for the last time")
    copy.run("clock", "reset")


def test_a_dry_run_only_looks(copy, functions):
    response = functions.invoke(FunctionName="probes-Crash", InvocationType="DryRun")
    assert response["StatusCode"] == 204
    with refusal("ResourceNotFoundException", 404):
        functions.invoke(FunctionName="probes-Nothing", InvocationType="DryRun")


def test_what_does_not_exist_is_not_found(functions):
    for name in ["probes-Nothing", ARN + "s", ARN + ":7", ARN.replace("us-east-1", "eu-west-1")]:
        with refusal("ResourceNotFoundException", 404) as caught:
            functions.invoke(FunctionName=name)
    with refusal("ResourceNotFoundException", 404) as caught:
        functions.invoke(FunctionName="probes-Echo", Qualifier="PROD")
    assert str(caught.value).endswith(f"Function not found: {ARN}:PROD")


def test_what_is_wrong_is_refused(functions):
    with refusal("InvalidRequestContentException", 400):
        functions.invoke(FunctionName="probes-Echo", Payload="{")
    with refusal("InvalidParameterValueException", 400):
        functions.invoke(FunctionName="probes-Echo", InvocationType="Later")
    with refusal("InvalidParameterValueException", 400):
        functions.invoke(FunctionName="probes-Echo", LogType="All")
    with refusal("InvalidRequestContentException", 400):
        functions.invoke(FunctionName="probes-Echo", ClientContext="no base64!")
    with refusal("ValidationException", 400):
        functions.invoke(FunctionName="no name")


def test_what_is_too_large_is_refused(functions):
    large = json.dumps("x" * (1 << 20))
    with refusal("RequestEntityTooLargeException", 413) as caught:
        functions.invoke(FunctionName="probes-Echo", InvocationType="Event", Payload=large)
    assert "1048578 byte payload is too large for the Event invocation type" in str(caught.value)
    with refusal("RequestEntityTooLargeException", 413):
        functions.invoke(FunctionName="probes-Echo", Payload=json.dumps("x" * (6 << 20)))
    response, answer = invoke(functions, "probes-Large", http("GET", "/large/6400000"))
    assert response["FunctionError"] == "Unhandled"
    assert answer["errorType"] == "Function.ResponseSizeTooLarge"
    # The largest that there may be, nearly.
    text = "x" * 3_000_000
    _, answer = invoke(functions, "probes-Mirror", http("POST", "/mirror", text))
    assert answer["body"] == text


def test_who_does_not_sign_is_refused(copy):
    with refusal("UnrecognizedClientException", 403):
        copy.client(aws_access_key_id="AKIAIOSFODNN7EXAMPLE").invoke(FunctionName="probes-Echo")
    with refusal("InvalidSignatureException", 403):
        copy.client(aws_secret_access_key="wrong").invoke(FunctionName="probes-Echo")
    request = urllib.request.Request(
        copy.url + "/2015-03-31/functions/probes-Echo/invocations", data=b"{}")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 403
    assert caught.value.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException"


def test_functions_are_listed_and_looked_at(functions):
    pages = list(functions.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 10}))
    assert len(pages) > 1
    names = [one["FunctionName"] for page in pages for one in page["Functions"]]
    assert names == sorted(names) and "probes-Echo" in names and len(set(names)) == len(names)
    one = functions.get_function(FunctionName=ARN)["Configuration"]
    assert (one["FunctionArn"], one["Timeout"], one["Runtime"]) == (ARN, 6, "provided.al2023")
    assert functions.get_function_configuration(FunctionName="probes-Echo")["FunctionArn"] == ARN


def test_what_is_not_emulated_is_refused_by_name(functions):
    with refusal("NotImplementedException", 501) as caught:
        functions.delete_function(FunctionName="probes-Echo")
    assert "DELETE /2015-03-31/functions/probes-Echo is not emulated" in str(caught.value)
    with refusal("NotImplementedException", 501):
        functions.list_layers()


def test_routes_queues_and_schedules_go_through_lambda(copy):
    request = urllib.request.Request(
        copy.url + "/probes/echo", data=b'{"name":"Ada"}', headers={"content-type": "application/json"})
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["greeting"] == "Hello, Ada!"
    sqs = copy.client("sqs")
    url = sqs.get_queue_url(QueueName="probes-collect")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="name another")
    # What it names as failed it was not given.
    copy.wait_for("Probes/Collect named a message as failed that it was not given")
    assert copy.run("cron", "fire", "Probes/Tick").strip() == "ok"


def test_elsewhere_it_says_how_to_have_it(runner):
    elsewhere = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}))
    with refusal("NotImplementedException", 501) as caught:
        elsewhere.invoke(FunctionName="probes-Echo")
    assert "local-runner lambda" in str(caught.value)

"""Queues of SQS, by AWS's SDK for Python, which checks the MD5 of what it sends and gets."""

import json
import os
import threading
import time

import boto3
import pytest
from conftest import refusal

MISSING = "AWS.SimpleQueueService.NonExistentQueue"


@pytest.fixture(scope="module")
def sqs():
    return boto3.client("sqs")


@pytest.fixture
def make(sqs, name):
    """Makes queues that go when the test ends."""
    made = []

    def make(suffix="", **attributes):
        made.append(sqs.create_queue(QueueName=name + suffix, Attributes=attributes)["QueueUrl"])
        return made[-1]

    yield make
    for url in made:
        sqs.delete_queue(QueueUrl=url)


def arn(sqs, url):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def receive(sqs, url, **more):
    return sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"], **more).get("Messages", [])


def test_queues_are_made_found_listed_and_removed(sqs, name):
    url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
    assert sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5"})["QueueUrl"] == url
    with refusal("QueueAlreadyExists", 400):
        sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "6"})
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix=name)["QueueUrls"] == [url]
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName=name)
    with refusal(MISSING, 400):
        sqs.send_message(QueueUrl=url, MessageBody="words")


def test_lists_have_pages(sqs, make, name):
    urls = [make(f"-{number}") for number in range(5)]
    pages = list(sqs.get_paginator("list_queues").paginate(
        QueueNamePrefix=name, PaginationConfig={"PageSize": 2}))
    assert [len(page["QueueUrls"]) for page in pages] == [2, 2, 1]
    assert [url for page in pages for url in page["QueueUrls"]] == urls


def test_attributes_of_queues(sqs, make):
    url = make(DelaySeconds="1")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "2048"})
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (attributes["DelaySeconds"], attributes["MaximumMessageSize"]) == ("1", "2048")
    assert attributes["ApproximateNumberOfMessages"] == "0"
    with refusal("InvalidAttributeName", 400):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Nothing": "1"})
    with refusal("InvalidAttributeValue", 400):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "901"})
    with refusal("InvalidParameterValue", 400):
        sqs.send_message(QueueUrl=url, MessageBody="x" * 2049)


@pytest.mark.parametrize("body", ["words", "ü 日本 🐦", "<&>\"\\\n\t", "x" * (1 << 20)], ids=len)
def test_messages_come_as_they_were_sent(sqs, make, body):
    url = make()
    sent = sqs.send_message(QueueUrl=url, MessageBody=body)
    [message] = receive(sqs, url)
    assert message["Body"] == body
    assert message["MessageId"] == sent["MessageId"]
    attributes = message["Attributes"]
    assert attributes["ApproximateReceiveCount"] == "1"
    assert abs(int(attributes["SentTimestamp"]) / 1000 - time.time()) < 600
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert receive(sqs, url, VisibilityTimeout=0) == []


def test_attributes_of_messages(sqs, make):
    url = make()
    attributes = {
        "text": {"DataType": "String", "StringValue": "ü"},
        "count": {"DataType": "Number", "StringValue": "-1.5"},
        "bytes": {"DataType": "Binary", "BinaryValue": bytes(range(256))},
        "own.type": {"DataType": "String.own", "StringValue": "x"},
    }
    sqs.send_message(
        QueueUrl=url, MessageBody="words", MessageAttributes=attributes,
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}})
    [message] = receive(sqs, url, MessageAttributeNames=["All"], VisibilityTimeout=0)
    assert message["MessageAttributes"] == attributes
    assert message["Attributes"]["AWSTraceHeader"] == "Root=1-2-3"
    [message] = receive(sqs, url, MessageAttributeNames=["own.*", "count"])
    assert sorted(message["MessageAttributes"]) == ["count", "own.type"]


def test_batches(sqs, make):
    url = make()
    entries = [{"Id": f"id-{number}", "MessageBody": f"words {number}"} for number in range(10)]
    sent = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [entry["Id"] for entry in sent["Successful"]] == [entry["Id"] for entry in entries]
    messages = receive(sqs, url)
    assert sorted(message["Body"] for message in messages) == [entry["MessageBody"] for entry in entries]

    handles = [{"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
               for number, message in enumerate(messages)]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[dict(handle, VisibilityTimeout=0) for handle in handles[:2]])
    assert [entry["Id"] for entry in changed["Successful"]] == ["0", "1"]
    deleted = sqs.delete_message_batch(
        QueueUrl=url, Entries=handles[2:] + [{"Id": "wrong", "ReceiptHandle": "nothing"}])
    assert len(deleted["Successful"]) == 8
    assert [(entry["Id"], entry["Code"], entry["SenderFault"]) for entry in deleted["Failed"]] == [
        ("wrong", "ReceiptHandleIsInvalid", True)]
    assert len(receive(sqs, url)) == 2


def test_batches_that_are_refused(sqs, make):
    url = make()

    def send(*entries):
        return sqs.send_message_batch(
            QueueUrl=url, Entries=[{"Id": id, "MessageBody": body} for id, body in entries])

    prefix = "AWS.SimpleQueueService."
    for code, entries in [
        ("EmptyBatchRequest", []),
        ("TooManyEntriesInBatchRequest", [(str(number), "x") for number in range(11)]),
        ("BatchEntryIdsNotDistinct", [("a", "x"), ("a", "y")]),
        ("InvalidBatchEntryId", [("no spaces", "x")]),
        ("BatchRequestTooLong", [("a", "x" * (1 << 19)), ("b", "x" * (1 << 19)), ("c", "x")]),
    ]:
        with refusal(prefix + code, 400):
            send(*entries)
    answer = send(("good", "x"), ("bad", "\0"))
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["SenderFault"]) for entry in answer["Failed"]] == [("bad", True)]


def test_long_polling_ends_with_the_message(sqs, make):
    url = make()
    sender = threading.Timer(0.3, lambda: sqs.send_message(QueueUrl=url, MessageBody="late"))
    sender.start()
    [message] = receive(sqs, url, WaitTimeSeconds=20)
    sender.join()
    assert message["Body"] == "late"


def test_long_polling_ends_without_a_message(sqs, make):
    url = make(ReceiveMessageWaitTimeSeconds="1")
    start = time.monotonic()
    assert receive(sqs, url) == []
    assert time.monotonic() - start >= 0.9


def test_what_is_not_deleted_comes_back(sqs, make, advance):
    url = make()
    sqs.send_message(QueueUrl=url, MessageBody="words")
    [first] = receive(sqs, url)
    assert receive(sqs, url) == []
    advance("31s")
    [second] = receive(sqs, url)
    assert (second["MessageId"], second["Attributes"]["ApproximateReceiveCount"]) == (first["MessageId"], "2")
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=0)
    [third] = receive(sqs, url)
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=third["ReceiptHandle"], VisibilityTimeout=120)
    advance("100s")
    assert receive(sqs, url) == []
    sqs.delete_message(QueueUrl=url, ReceiptHandle=third["ReceiptHandle"])
    advance("30s")
    assert receive(sqs, url) == []


def test_delays(sqs, make, advance):
    url = make(DelaySeconds="60")
    sqs.send_message(QueueUrl=url, MessageBody="slow")
    sqs.send_message(QueueUrl=url, MessageBody="slower", DelaySeconds=120)
    assert receive(sqs, url) == []
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessagesDelayed"] == "2"
    advance("61s")
    assert [message["Body"] for message in receive(sqs, url)] == ["slow"]
    advance("60s")
    assert "slower" in [message["Body"] for message in receive(sqs, url)]


def test_dead_letters_and_their_way_back(sqs, make):
    dead = make("-dead")
    policy = {"deadLetterTargetArn": arn(sqs, dead), "maxReceiveCount": "2"}
    url = make(RedrivePolicy=json.dumps(policy))
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]
    sqs.send_message(QueueUrl=url, MessageBody="words")
    for _ in range(2):
        assert len(receive(sqs, url, VisibilityTimeout=0)) == 1
    assert receive(sqs, url) == []
    [message] = receive(sqs, dead, VisibilityTimeout=0)
    assert message["Body"] == "words"
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn(sqs, url)

    handle = sqs.start_message_move_task(SourceArn=arn(sqs, dead))["TaskHandle"]
    assert handle
    [message] = receive(sqs, url, WaitTimeSeconds=20)
    assert message["Body"] == "words"
    for _ in range(100):
        [task] = sqs.list_message_move_tasks(SourceArn=arn(sqs, dead))["Results"]
        if task["Status"] == "COMPLETED":
            break
        time.sleep(0.1)
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 1)
    with refusal("ResourceNotFoundException", 404):
        sqs.cancel_message_move_task(TaskHandle=handle)


def test_purging(sqs, make):
    url = make()
    sqs.send_message(QueueUrl=url, MessageBody="words")
    sqs.purge_queue(QueueUrl=url)
    assert receive(sqs, url) == []
    with refusal("AWS.SimpleQueueService.PurgeQueueInProgress", 403):
        sqs.purge_queue(QueueUrl=url)


def test_handles_and_values_that_are_wrong(sqs, make):
    url = make()
    with refusal("ReceiptHandleIsInvalid", 404):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="nothing")
    with refusal("InvalidParameterValue", 400):
        sqs.send_message(QueueUrl=url, MessageBody="words", DelaySeconds=901)
    with refusal("InvalidParameterValue", 400):
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=11)
    with refusal("InvalidMessageContents", 400):
        sqs.send_message(QueueUrl=url, MessageBody="\x01")


def test_strangers_are_refused(make):
    url = make()
    wrong = boto3.client(
        "sqs", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong")
    with refusal("SignatureDoesNotMatch", 403):
        wrong.receive_message(QueueUrl=url)
    unknown = boto3.client("sqs", aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="wrong")
    with refusal("InvalidClientTokenId", 403):
        unknown.receive_message(QueueUrl=url)


def test_what_is_not_emulated_says_so(sqs, make, name):
    with refusal("AWS.SimpleQueueService.UnsupportedOperation", 400):
        sqs.create_queue(QueueName=name + ".fifo", Attributes={"FifoQueue": "true"})
    with refusal("AWS.SimpleQueueService.UnsupportedOperation", 400):
        sqs.tag_queue(QueueUrl=make(), Tags={"a": "b"})


def test_messages_of_the_resource_interface(make):
    queue = boto3.resource("sqs").Queue(make())
    queue.send_message(MessageBody="words")
    [message] = queue.receive_messages(WaitTimeSeconds=1)
    assert message.body == "words"
    message.delete()
    queue.reload()
    assert queue.attributes["ApproximateNumberOfMessagesNotVisible"] == "0"

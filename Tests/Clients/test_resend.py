"""E-mail, by Resend's SDK for Python."""

import base64
import datetime
import uuid

import pytest
import resend
import resend.exceptions

MAIL = {
    "from": "Ada <ada@example.com>", "to": ["bob@example.com"], "subject": "Grüße",
    "html": "<p>words</p>",
}


def refused(caught, code, name):
    assert (int(caught.value.code), caught.value.error_type) == (code, name)


def test_what_was_sent_can_be_read():
    id = resend.Emails.send({
        **MAIL, "text": "words", "cc": "c@example.com", "bcc": ["d@example.com"],
        "reply_to": "e@example.com", "headers": {"X-Own": "1"},
        "tags": [{"name": "kind", "value": "welcome"}],
    })["id"]
    mail = resend.Emails.get(id)
    assert mail["id"] == id
    assert (mail["from"], mail["to"], mail["subject"]) == (MAIL["from"], MAIL["to"], MAIL["subject"])
    assert (mail["html"], mail["text"]) == ("<p>words</p>", "words")
    assert (mail["cc"], mail["bcc"], mail["reply_to"]) == (
        ["c@example.com"], ["d@example.com"], ["e@example.com"])
    assert mail["last_event"] == "delivered"


def test_attachments():
    id = resend.Emails.send({
        **MAIL, "attachments": [{"filename": "a.txt", "content": list(b"words")},
                                {"filename": "b.txt", "content": base64.b64encode(b"more").decode()}],
    })["id"]
    attachments = resend.Emails.Attachments.list(id)["data"]
    assert [attachment["filename"] for attachment in attachments] == ["a.txt", "b.txt"]
    one = resend.Emails.Attachments.get(email_id=id, attachment_id=attachments[0]["id"])
    assert one["filename"] == "a.txt"


def test_batches():
    sent = resend.Batch.send([{**MAIL, "subject": str(number)} for number in range(3)])["data"]
    assert [resend.Emails.get(mail["id"])["subject"] for mail in sent] == ["0", "1", "2"]


def test_lists():
    ids = [resend.Emails.send(MAIL)["id"] for _ in range(3)]
    page = resend.Emails.list({"limit": 2})
    assert [mail["id"] for mail in page["data"]] == [ids[2], ids[1]]
    assert page["has_more"] is True
    rest = resend.Emails.list({"limit": 1, "after": ids[1]})
    assert [mail["id"] for mail in rest["data"]] == [ids[0]]


def test_a_key_makes_it_once():
    key = {"idempotency_key": str(uuid.uuid4())}
    first = resend.Emails.send(MAIL, key)
    assert resend.Emails.send(MAIL, key)["id"] == first["id"]
    with pytest.raises(resend.exceptions.ResendError) as caught:
        resend.Emails.send({**MAIL, "subject": "Other"}, key)
    refused(caught, 409, "invalid_idempotent_request")


def test_what_is_to_be_sent_later(advance):
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    later, never = [
        resend.Emails.send({**MAIL, "scheduled_at": moment.isoformat()})["id"] for _ in range(2)]
    assert resend.Emails.get(later)["last_event"] == "scheduled"
    moment += datetime.timedelta(hours=1)
    resend.Emails.update({"id": later, "scheduled_at": moment.isoformat()})
    resend.Emails.cancel(never)
    advance("90m")
    assert resend.Emails.get(later)["last_event"] == "scheduled"
    advance("31m")
    assert resend.Emails.get(later)["last_event"] == "delivered"
    assert resend.Emails.get(never)["last_event"] == "canceled"


@pytest.mark.parametrize(
    "changes, code, name",
    [({"to": None}, 422, "missing_required_field"), ({"from": None}, 422, "missing_required_field"),
     ({"from": "nobody"}, 422, "validation_error"), ({"to": ["a@b.c"] * 51}, 422, "validation_error"),
     ({"html": None}, 422, "validation_error"), ({"unknown": 1}, 422, "validation_error")],
    ids=["no recipient", "no sender", "no address", "too many", "no words", "unknown"])
def test_what_is_refused(changes, code, name):
    with pytest.raises(resend.exceptions.ResendError) as caught:
        resend.Emails.send({**MAIL, **changes})
    refused(caught, code, name)


def test_what_is_missing():
    with pytest.raises(resend.exceptions.ResendError) as caught:
        resend.Emails.get(str(uuid.uuid4()))
    refused(caught, 404, "not_found")


def test_strangers_are_refused(monkeypatch):
    monkeypatch.setattr(resend, "api_key", "re_wrong")
    with pytest.raises(resend.exceptions.ResendError) as caught:
        resend.Emails.send(MAIL)
    refused(caught, 403, "invalid_api_key")

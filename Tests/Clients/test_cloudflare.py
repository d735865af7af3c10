"""Key-value namespaces, by Cloudflare's SDK for Python."""

import os
import time

import cloudflare
import pytest
from cloudflare import Cloudflare

ACCOUNT = os.environ.get("CLOUDFLARE_ACCOUNT_ID")
KEYS = ["plain", "a/b c", "ü/日本 🐦", "100%", "a+b&c=d?e#f", "a//b", ":x;,@$!*'()", "k" * 512]


@pytest.fixture(scope="module")
def kv():
    return Cloudflare().kv.namespaces


@pytest.fixture
def namespace(kv, name):
    id = kv.create(account_id=ACCOUNT, title=name).id
    yield {"namespace_id": id, "account_id": ACCOUNT}
    kv.delete(id, account_id=ACCOUNT)


def codes(caught):
    return [error["code"] for error in caught.value.body["errors"]]


def test_namespaces(kv, name):
    made = kv.create(account_id=ACCOUNT, title=name)
    assert made.title == name
    assert kv.get(made.id, account_id=ACCOUNT) == made
    with pytest.raises(cloudflare.BadRequestError) as caught:
        kv.create(account_id=ACCOUNT, title=name)
    assert codes(caught) == [10014]
    kv.update(made.id, account_id=ACCOUNT, title=name + " 2")
    listed = {item.id: item.title for item in kv.list(account_id=ACCOUNT, per_page=5)}
    assert listed[made.id] == name + " 2"
    kv.delete(made.id, account_id=ACCOUNT)
    with pytest.raises(cloudflare.NotFoundError) as caught:
        kv.get(made.id, account_id=ACCOUNT)
    assert codes(caught) == [10013]


@pytest.mark.parametrize("key", KEYS, ids=len)
def test_values_come_back(kv, namespace, key):
    kv.values.update(key, value=b"\0\xff words", **namespace)
    assert kv.values.get(key, **namespace).read() == b"\0\xff words"
    assert [item.name for item in kv.keys.list(**namespace)] == [key]
    kv.values.delete(key, **namespace)
    with pytest.raises(cloudflare.NotFoundError) as caught:
        kv.values.get(key, **namespace)
    assert codes(caught) == [10009]


def test_metadata(kv, namespace):
    kv.values.update("key", value=b"x", metadata='{"a": [1, "ü"]}', **namespace)
    assert kv.metadata.get("key", **namespace) == {"a": [1, "ü"]}
    assert kv.keys.list(**namespace).result[0].metadata == {"a": [1, "ü"]}
    kv.values.update("key", value=b"y", **namespace)
    assert kv.metadata.get("key", **namespace) is None


def test_values_expire(kv, namespace, advance):
    kv.values.update("soon", value=b"x", expiration_ttl=60, **namespace)
    moment = int(time.time()) + 3600
    kv.values.update("later", value=b"y", expiration=moment, **namespace)
    kv.values.update("never", value=b"z", **namespace)
    answer = kv.values.with_raw_response.get("later", **namespace)
    assert answer.headers["expiration"] == str(moment)
    expirations = {item.name: item.expiration for item in kv.keys.list(**namespace)}
    assert (expirations["later"], expirations["never"]) == (moment, None)
    advance("61s")
    with pytest.raises(cloudflare.NotFoundError):
        kv.values.get("soon", **namespace)
    assert [item.name for item in kv.keys.list(**namespace)] == ["later", "never"]
    advance("1h")
    assert [item.name for item in kv.keys.list(**namespace)] == ["never"]


def test_keys_are_iterated_by_pages(kv, namespace):
    names = [f"a/{number:03}" for number in range(35)]
    pairs = [{"key": name, "value": name} for name in ["b", "ü", *names]]
    kv.bulk_update(body=pairs, **namespace)
    assert [item.name for item in kv.keys.list(limit=10, **namespace)] == [*names, "b", "ü"]
    assert [item.name for item in kv.keys.list(limit=10, prefix="a/", **namespace)] == names
    page = kv.keys.list(limit=10, **namespace)
    assert len(page.result) == page.result_info.count == 10
    assert page.get_next_page().result[0].name == "a/010"
    assert list(kv.keys.list(prefix="nothing", **namespace)) == []


def test_many_at_once(kv, namespace):
    put = kv.bulk_update(body=[
        {"key": "text", "value": "ü"},
        {"key": "bytes", "value": "AP8=", "base64": True},
        {"key": "more", "value": "{\"a\": 1}", "metadata": {"b": 2}, "expiration_ttl": 60},
    ], **namespace)
    assert (put.successful_key_count, put.unsuccessful_keys) == (3, [])
    assert kv.values.get("bytes", **namespace).read() == b"\0\xff"
    got = kv.bulk_get(keys=["text", "more", "nothing"], **namespace)
    assert got.values == {"text": "ü", "more": '{"a": 1}', "nothing": None}
    got = kv.bulk_get(keys=["more"], type="json", with_metadata=True, **namespace)
    assert got.values["more"].value == {"a": 1}
    assert got.values["more"].metadata == {"b": 2}
    assert kv.bulk_delete(body=["text", "more"], **namespace).successful_key_count == 2
    assert [item.name for item in kv.keys.list(**namespace)] == ["bytes"]


@pytest.mark.parametrize(
    "key, value, more, status",
    [("k" * 513, b"x", {}, 414), ("key", b"x", {"expiration_ttl": 59}, 400),
     ("key", b"x", {"expiration": 1}, 400),
     ("key", b"x", {"metadata": "no JSON"}, 400), ("key", b"x", {"metadata": f'"{"m" * 1023}"'}, 413),
     ("key", b"x" * ((25 << 20) + 1), {}, 413)],
    ids=["long key", "short time", "past time", "no JSON", "much metadata", "large value"])
def test_what_is_refused(kv, namespace, key, value, more, status):
    with pytest.raises(cloudflare.APIStatusError) as caught:
        kv.values.update(key, value=value, **more, **namespace)
    assert caught.value.status_code == status
    assert codes(caught)


def test_the_largest_value(kv, namespace):
    kv.values.update("key", value=b"x" * (25 << 20), **namespace)
    assert len(kv.values.get("key", **namespace).read()) == 25 << 20


def test_strangers_are_refused(kv, namespace):
    with pytest.raises(cloudflare.AuthenticationError) as caught:
        Cloudflare(api_token="wrong").kv.namespaces.keys.list(**namespace)
    assert codes(caught) == [10000]
    with pytest.raises(cloudflare.PermissionDeniedError):
        kv.list(account_id="0" * 32)

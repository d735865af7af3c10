"""Redis, by its own client for Python."""

import os

import pytest
import redis


@pytest.fixture(scope="module")
def cache():
    with redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True) as cache:
        yield cache


def test_values(cache, name):
    assert cache.set(name, "ü", ex=100, nx=True)
    assert cache.set(name, "other", nx=True) is None
    assert cache.get(name) == "ü"
    assert 0 < cache.ttl(name) <= 100
    assert cache.incr(name + ":count") == 1
    assert cache.delete(name, name + ":count") == 2


def test_channels(cache, name):
    with cache.pubsub(ignore_subscribe_messages=True) as subscription:
        subscription.subscribe(name)
        assert subscription.get_message(timeout=5) is None
        assert cache.publish(name, "words") == 1
        assert subscription.get_message(timeout=5)["data"] == "words"


def test_transactions_and_scripts(cache, name):
    with cache.pipeline() as pipeline:
        assert pipeline.zadd(name, {"a": 1, "b": 2}).zrange(name, 0, -1).execute() == [2, ["a", "b"]]
    count = cache.register_script("return redis.call('ZCARD', KEYS[1])")
    assert count(keys=[name]) == 2
    cache.delete(name)


def test_strangers_are_refused():
    address = redis.connection.parse_url(os.environ["REDIS_URL"])
    address.pop("username"), address.pop("password")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(**address).get("key")

"""Answers that a GRIP proxy holds until something is published: long polls."""

import http.client
import select
import urllib.parse

import gripcontrol
import pytest

from grip import PATIENCE


class Poll:
    """A request of HoldResponse that waits for its answer."""

    def __init__(self, proxy, **query):
        place = urllib.parse.urlsplit(proxy.url)
        self.connection = http.client.HTTPConnection(place.netloc, timeout=PATIENCE)
        self.connection.request("GET", f"{place.path}/hold-response?" + urllib.parse.urlencode(query))

    def is_answered(self, within):
        return bool(select.select([self.connection.sock], [], [], within)[0])

    def publish_until_answered(self, publish):
        """Nothing tells a client that its request is held by now."""
        for _ in range(int(PATIENCE / 0.05)):
            publish()
            if self.is_answered(0.05):
                return self.answer()
        raise TimeoutError

    def answer(self):
        self.response = self.connection.getresponse()
        return self.response.status, self.response.read().decode()


def test_nothing_comes(proxy, name):
    """Pushpin waits 5 seconds at least, whatever it is asked."""
    assert Poll(proxy, channel=name, timeout=1).answer() == (200, "nothing came")


def test_what_is_published_is_the_answer(proxy, name):
    poll = Poll(proxy, channel=name)
    assert poll.publish_until_answered(lambda: proxy.publish(name, "ü")) == (200, "ü")
    assert not [field for field, _ in poll.response.getheaders() if field.lower().startswith("grip")]


def test_all_of_the_answer_can_be_published(proxy, name):
    poll = Poll(proxy, channel=name)
    answer = gripcontrol.HttpResponseFormat(
        code=202, reason="Taken", headers={"Content-Type": "text/csv", "X-Sort": "of"}, body="a,b")
    assert poll.publish_until_answered(lambda: proxy.control(name, answer)) == (202, "a,b")
    assert (poll.response.getheader("content-type"), poll.response.getheader("x-sort")) == ("text/csv", "of")


def test_several_channels(proxy, name):
    poll = Poll(proxy, channel=name, timeout=30)
    other = Poll(proxy, channel=name + "-x", timeout=30)
    assert poll.publish_until_answered(lambda: proxy.publish(name, "one")) == (200, "one")
    assert not other.is_answered(0)
    assert other.publish_until_answered(lambda: proxy.publish(name + "-x", "other")) == (200, "other")


def test_the_connection_is_kept(proxy, name):
    poll = Poll(proxy, channel=name)
    poll.publish_until_answered(lambda: proxy.publish(name, "first"))
    poll.connection.request("GET", urllib.parse.urlsplit(proxy.url).path + "/show-proxied")
    assert poll.answer()[0] == 200

"""Streams of events that a GRIP proxy holds, read by httpx-sse: the runner's and Pushpin's."""

import gripcontrol
import httpx
import pytest

from grip import PATIENCE, event


def test_stream_begins_with_the_answer(proxy, name):
    with proxy.stream(channel=name) as events:
        assert (events.first.event, events.first.data) == ("connected", "hello")
        assert events.response.headers["content-type"] == "text/event-stream"
        assert events.response.headers["cache-control"] == "no-cache"
        assert not [field for field in events.response.headers if field.startswith("grip")]


def test_what_a_function_publishes_arrives_with_its_id(proxy, name):
    with proxy.stream(channel=name) as events:
        proxy.publish(name, event("ü and 🔔", id="a-1"))
        arrived = events.next()
        assert (arrived.id, arrived.data) == ("a-1", "ü and 🔔")


def test_what_gripcontrol_publishes_arrives(proxy, name):
    with proxy.stream(channel=name) as events:
        proxy.control(name, gripcontrol.HttpStreamFormat(event("by gripcontrol")))
        assert events.next().data == "by gripcontrol"


def test_bytes_arrive(proxy, name):
    with proxy.stream(channel=name) as events:
        assert proxy.post_items(
            {"channel": name, "formats": {"http-stream": {"content-bin": "ZGF0YTogYnl0ZXMKCg=="}}}).is_success
        assert events.next().data == "bytes"


def test_every_subscriber_gets_it_and_no_one_else(proxy, name):
    with proxy.stream(channel=name) as one, proxy.stream(channel=name) as two, proxy.stream(channel=name + "-x") as other:
        proxy.publish(name, event("for two"))
        proxy.publish(name + "-x", event("for one"))
        assert [one.next().data, two.next().data, other.next().data] == ["for two", "for two", "for one"]


def test_several_channels(proxy, name):
    channels = [f"{name}-{number}" for number in range(3)]
    with proxy.stream(channel=channels) as events:
        for channel in channels:
            proxy.publish(channel, event(channel))
            assert events.next().data == channel


def test_many_items_keep_their_order(proxy, name):
    with proxy.stream(channel=name) as events:
        items = [{"channel": name, "formats": {"http-stream": {"content": event(number)}}} for number in range(200)]
        for start in range(0, 200, 50):
            assert proxy.post_items(*items[start : start + 50]).is_success
        assert events.take(200) == [str(number) for number in range(200)]


def test_large_item(proxy, name):
    with proxy.stream(channel=name) as events:
        proxy.publish(name, event("x" * 200_000))
        assert events.next().data == "x" * 200_000


def test_stream_is_closed(proxy, name):
    with proxy.stream(channel=name) as events:
        proxy.publish(name, event("the last"))
        proxy.publish(name, "", closes=True)
        assert events.next().data == "the last"
        with pytest.raises(StopIteration):
            events.next()


def test_keep_alive(proxy, name):
    """Pushpin sends it up to a second earlier than it is asked to."""
    with proxy.http.stream("GET", "/hold-stream", params={"channel": name, "keep-alive": 1}) as response:
        text = ""
        for part in response.iter_text():
            text += part
            if text.endswith(":\n\n:\n\n"):
                break
        assert text.startswith("event: connected\n")


def test_items_out_of_order_are_put_in_order(proxy, name):
    with proxy.stream(channel=name, previous="1") as events:
        proxy.publish(name, event("second"), id="2", previous="1")
        proxy.publish(name, event("fourth"), id="4", previous="3")
        proxy.publish(name, event("third"), id="3", previous="2")
        assert events.take(3) == ["second", "third", "fourth"]


def test_an_item_twice_arrives_once(proxy, name):
    with proxy.stream(channel=name, previous="1") as events:
        proxy.publish(name, event("second"), id="2", previous="1")
        proxy.publish(name, event("second"), id="2", previous="1")
        proxy.publish(name, event("third"), id="3", previous="2")
        assert events.take(2) == ["second", "third"]


def test_a_gap_is_asked_for(proxy, name):
    """The function is asked at the next link, told what came last, and its answer goes into the stream."""
    with proxy.stream(channel=name, previous="1", resume="3") as events:
        proxy.publish(name, event("third"), id="3", previous="2")
        missed = events.next()
        assert (missed.event, missed.data) == ("missed", f"{name}; last-id=1")
        proxy.publish(name, event("fourth"), id="4", previous="3")
        assert events.next().data == "fourth"


def test_a_gap_at_the_beginning_is_asked_for(proxy, name):
    """The proxy has seen a later item than the one that the function took account of."""
    # Pushpin knows of items only that came while somebody was subscribed.
    with proxy.stream(channel=name):
        proxy.publish(name, event("second"), id="2", previous="1")
        with proxy.stream(channel=name, previous="1", resume="2") as events:
            assert (events.first.event, events.next().event) == ("connected", "missed")
            proxy.publish(name, event("third"), id="3", previous="2")
            assert events.next().data == "third"


def test_a_next_link_may_hold_commas(proxy, name):
    """A function writes them as they are; in a header they part one link from the next."""
    link = f"?channel={name}&resume=3&next=?&words=one,two;three"
    with proxy.stream(channel=name, next=link, **{"prev-id": "1"}) as events:
        proxy.publish(name, event("third"), id="3", previous="2")
        assert events.next().event == "missed"
        proxy.publish(name, event("fourth"), id="4", previous="3")
        assert events.next().data == "fourth"


def test_a_next_link_without_a_hold_ends_the_stream(proxy, name):
    with proxy.stream(channel=name, previous="1") as events:
        proxy.publish(name, event("third"), id="3", previous="2")
        assert events.next().event == "missed"
        with pytest.raises(StopIteration):
            events.next()


def test_an_answer_that_is_not_held_is_passed_on(proxy, name):
    answer = proxy.get("/echo-messages")
    assert answer.status_code == 426
    assert answer.json()["code"] == "upgrade-required"


def test_head_is_not_held(proxy, name):
    assert httpx.head(proxy.url + "/publish", timeout=PATIENCE).status_code == 405

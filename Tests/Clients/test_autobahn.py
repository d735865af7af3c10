"""The Autobahn test suite's own cases of RFC 6455, on the runner with a function that echoes."""

import asyncio

import pytest

import autobahn_cases
import grip

CASES = {
    number: case for number, case in autobahn_cases.load().items()
    # What is larger than the runner takes is in test_websocket_limits; 9.7 and 9.8 only measure time.
    if not number.startswith("9.") or number in ("9.1.1", "9.1.2", "9.1.3", "9.2.1", "9.2.2", "9.2.3", "9.5.1", "9.6.1")
}


@pytest.fixture(scope="module")
def verdicts():
    proxy = grip.runner_proxy()
    return asyncio.run(autobahn_cases.run(proxy.url.replace("http:", "ws:") + "/echo-messages", CASES))


@pytest.mark.parametrize("number", CASES)
def test_case(verdicts, number):
    verdict = verdicts[number]
    assert verdict.is_passed, f"{verdict.behavior}, close: {verdict.close}. {verdict.text}"

"""Prometheus' own parser of its text format, on what Brainstorm answers it.

The text is that of a fixture, which `FixtureTests` compares with the function's answer to the byte.
"""

import json
import pathlib

import pytest
from prometheus_client.parser import text_string_to_metric_families

FIXTURE = pathlib.Path(__file__).parents[1] / "Fixtures/Brainstorm/ShowMetrics/to-a-scraper.json"


@pytest.fixture(scope="module")
def text():
    return json.loads(FIXTURE.read_text())["response"]["body"]


@pytest.fixture(scope="module")
def families(text):
    return {family.name: family for family in text_string_to_metric_families(text)}


def test_every_line_is_read(text, families):
    samples = [sample for family in families.values() for sample in family.samples]
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line.split("{")[0].split(" ")[0] for line in lines] == [sample.name for sample in samples]
    assert [float(line.rsplit(" ", 1)[1]) for line in lines] == [sample.value for sample in samples]
    assert text.endswith("\n") and "\n\n" not in text


def test_every_family_comes_once_with_its_type_and_help(text, families):
    announced = [line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE ")]
    assert len(announced) == len(set(announced)) == len(families)
    for family in families.values():
        assert family.type in ("gauge", "counter")
        assert family.documentation
        assert family.samples


def test_names_are_as_prometheus_wants_them(families):
    for family in families.values():
        assert family.name.startswith("brainstorm_")
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter")
            assert not any(unit in sample.name for unit in ("milli", "minutes", "hours"))


def test_no_two_samples_are_the_same(families):
    for family in families.values():
        keys = [(sample.name, tuple(sample.labels.items())) for sample in family.samples]
        assert len(keys) == len(set(keys))


def test_values(families):
    def values(name):
        return {tuple(sample.labels.values()): sample.value for sample in families[name].samples}

    assert values("brainstorm_users") == {("admin",): 1, ("participant",): 4}
    assert values("brainstorm_orders_value") == {("buy",): 10400, ("sell",): 0}
    assert values("brainstorm_fees_value") == {(): 2.5}
    assert values("brainstorm_outbox_oldest_pending_age_seconds") == {(): 90.5}
    assert values("brainstorm_audit_entries") == {(): 1}

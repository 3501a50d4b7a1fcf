"""schemathesis throws what the schema allows, and what it does not, at every endpoint: never a 500, always one format of error."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def asked(running):
    from tests.failures.sending import Sender

    key = running.key("collect")
    Sender(running.port, key)._deliver(["fuzz-1", "fuzz-2"], __import__("random").Random(1))
    running.settled(2, patience=10)
    schema = schemathesis.openapi.from_url(f"{running.url}/api/openapi.json")
    return schema, running.key("write")


schema = schemathesis.pytest.from_fixture("schema")


@pytest.fixture(scope="module", name="schema")
def _schema(asked):
    return asked[0]


@schema.parametrize()
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_endpoint_breaks(case, asked):
    answer = case.call(headers={"Authorization": f"Bearer {asked[1]}"}, timeout=30)
    assert answer.status_code < 500, f"{answer.status_code}: {answer.text[:300]}"
    if answer.status_code >= 400 and answer.status_code != 405:
        problem = answer.json()
        assert answer.headers["Content-Type"][0].startswith("application/problem+json")
        assert problem["status"] == answer.status_code and problem["detail"]

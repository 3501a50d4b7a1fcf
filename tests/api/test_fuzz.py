"""schemathesis throws what the schema allows, and what it does not, at every endpoint: never a 500, always one format of error."""

import random

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from tests.failures.sending import Sender


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_endpoint_breaks(running):
    Sender(running.port, running.key("collect"))._deliver(["fuzz-1", "fuzz-2"], random.Random(1))
    running.settled(2, patience=10)
    schema, key = schemathesis.openapi.from_url(f"{running.url}/api/openapi.json"), running.key("write")
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def try_it(case):
            answer = case.call(headers={"Authorization": f"Bearer {key}"}, timeout=30)
            assert answer.status_code < 500, (
                f"{case.method} {answer.request.url}: {answer.status_code} {answer.text[:300]}"
            )
            if answer.status_code >= 400:
                problem = answer.json()
                assert "application/problem+json" in str(answer.headers.get("content-type"))
                assert problem["status"] == answer.status_code and problem["detail"]

        try_it()
        tried += 1
    assert tried >= 7

from datetime import UTC, datetime

import pytest

from regard.customers.contact.purposes.seed import fill


@pytest.fixture
def purposes(workspace):
    """The usual purposes: service and feedback (opt-out), marketing (double opt-in)."""
    fill(workspace.pk, actor="test")
    return workspace


@pytest.fixture
def now():
    """A Wednesday noon in Paris."""
    return datetime(2026, 7, 15, 10, 0, tzinfo=UTC)

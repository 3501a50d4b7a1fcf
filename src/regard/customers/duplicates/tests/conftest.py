import pytest

from regard.customers.duplicates.models import DuplicateRun, Proposal
from regard.customers.models import Identifier, Profile


class Made:
    """Customers, and proposals as a search would have made them."""

    def __init__(self, workspace):
        self.workspace = workspace
        fields = [{"source": "$family", "how": "name"}, {"source": "date_of_birth", "how": "date"}]
        self.run = DuplicateRun.objects.create(
            workspace=workspace, kind="search", by="x", threshold=0.5, outcome="done", ended="2026-01-01T00:00Z", customers=9, fields=fields
        )  # fmt: skip

    def customer(self, name="Ada Byron", *, home=None, **ids):
        made = Profile.objects.create(
            workspace=self.workspace, name=name, home_unit=home, traits={"date_of_birth": "1815-12-10"}
        )
        for kind, value in ids.items():
            Identifier.objects.create(workspace=self.workspace, namespace=kind, value=value, profile=made)
        return made

    def pair(self, one, other, probability=0.99):
        low, high = sorted((one.pk, other.pk))
        return Proposal.objects.create(
            workspace=self.workspace, run=self.run, low_id=low, high_id=high, probability=probability, weight=8.0,
            evidence=[["agree", 6.1], ["close", 1.9]],
        )  # fmt: skip


@pytest.fixture
def made(ledger, workspace):
    return Made(workspace)


def whose(profile):
    return Profile.objects.get(pk=profile.pk).customer_id

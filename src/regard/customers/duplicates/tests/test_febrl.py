import pytest

from regard.customers.duplicates.find import find_duplicates
from regard.customers.duplicates.models import DuplicateRun, Proposal
from regard.customers.duplicates.tests.people_of_febrl import bring_in, by_hand, f1

pytest.importorskip("splink")


@pytest.mark.parametrize(
    "number", [1, 3, pytest.param(2, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.slow)]
)
def test_duplicates_of_febrl_are_found_as_well_as_by_hand(workspace, data, number):
    true = bring_in(workspace, data / "febrl", number)
    run = DuplicateRun.ask(workspace.pk, DuplicateRun.Kind.SEARCH, by="x", threshold=0.5)
    find_duplicates(run)
    ours = f1(set(Proposal.objects.values_list("low", "high")), true)
    theirs = f1(*by_hand(data / "febrl", number))
    print(number, ours, theirs)
    assert ours >= 0.99
    assert ours >= theirs - 0.002, (ours, theirs)
    run.refresh_from_db()
    assert run.outcome == "done" and run.found == Proposal.objects.count()

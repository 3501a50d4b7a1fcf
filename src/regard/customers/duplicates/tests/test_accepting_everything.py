from itertools import pairwise

import pytest

from regard.customers.duplicates.accept_all import BIGGEST, plan
from regard.customers.duplicates.jobs import begin, work
from regard.customers.duplicates.models import DuplicateRun
from regard.customers.duplicates.tests.conftest import whose
from regard.customers.identity.join import keep_apart
from regard.customers.identity.queries import questions
from regard.customers.models import Merge, Profile
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role


def accept(workspace, threshold=0.9):
    run = begin(workspace.pk, "accept", by="x", threshold=threshold)
    work(run)
    run.refresh_from_db()
    assert run.outcome == "done", run.message
    return run


def test_pairs_above_the_threshold_are_joined_and_others_wait(made, workspace):
    sure, unsure = [made.customer() for _ in range(2)], [made.customer() for _ in range(2)]
    made.pair(*sure, 0.95)
    made.pair(*unsure, 0.85)
    assert accept(workspace).found == 1
    assert whose(sure[0]) == whose(sure[1]) and whose(unsure[0]) != whose(unsure[1])


def test_a_chain_that_would_put_two_user_ids_together_becomes_a_question(made, workspace):
    one, between, other = made.customer(user="1"), made.customer(), made.customer(user="2")
    made.pair(one, between)
    made.pair(between, other)
    accept(workspace)
    assert not Merge.objects.exists()
    (question,) = questions(Scope(workspace.pk), limit=9)
    assert question.customers == (one.pk, between.pk, other.pk)
    assert plan(workspace.pk, 0.0).pairs == 0, "they are asked about in one place"


def test_a_chain_past_a_decision_that_two_are_different_people_becomes_a_question(made, workspace):
    one, between, other = (made.customer() for _ in range(3))
    keep_apart(workspace=workspace.pk, customers=[one.pk, other.pk], by="x")
    made.pair(one, between)
    made.pair(between, other)
    accept(workspace)
    assert len({whose(one), whose(between), whose(other)}) == 3
    assert len(questions(Scope(workspace.pk), limit=9)) == 1


def test_long_chains_and_big_groups_are_left_to_be_decided_pair_by_pair(made, workspace):
    chain = [made.customer() for _ in range(6)]
    for one, other in pairwise(chain):
        made.pair(one, other)
    crowd = [made.customer() for _ in range(BIGGEST + 1)]
    for place, one in enumerate(crowd):
        for other in crowd[place + 1 :]:
            made.pair(one, other)
    run = accept(workspace)
    assert not Merge.objects.exists() and "2 groups are too big or too loose" in run.message


def test_a_group_all_of_whose_pairs_are_proposed_becomes_one_customer(made, workspace):
    group = [made.customer() for _ in range(4)]
    for place, one in enumerate(group):
        for other in group[place + 1 :]:
            made.pair(one, other)
    accept(workspace)
    assert {whose(one) for one in group} == {group[0].pk}


def test_what_was_cut_short_goes_on_with_what_still_waits(made, workspace, monkeypatch):
    from regard.customers.duplicates import accept_all

    pairs = [[made.customer() for _ in range(2)] for _ in range(3)]
    for one, other in pairs:
        made.pair(one, other)
    run, join, calls = begin(workspace.pk, "accept", by="x", threshold=0.9), accept_all._join, []

    def killed_at_the_second(run, cluster):
        calls.append(cluster)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return join(run, cluster)

    monkeypatch.setattr(accept_all, "_join", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        work(run)
    assert Merge.objects.count() == 1
    work(DuplicateRun.objects.get(pk=run.pk))
    assert Merge.objects.count() == 3 and all(whose(one) == whose(other) for one, other in pairs)


def test_the_page_says_what_would_happen_before_it_does(made, workspace):
    made.pair(made.customer(), made.customer(), 0.995)
    made.pair(made.customer(user="1"), made.customer(user="2"), 0.97)
    client = signed_in(member(workspace, Role.ANALYST))
    page = client.get("/duplicates/acceptance?threshold=95").content.decode()
    assert "2 pairs are that likely: accept them?" in page and "<svg" in page
    assert "1 group, 2 customers" in page
    assert not Merge.objects.exists()
    assert client.get("/duplicates/acceptance?threshold=nonsense").status_code == 200
    client.post("/duplicates/acceptance", {"threshold": "95"})
    assert DuplicateRun.objects.get(ended=None).threshold == 0.95
    assert Profile.objects.exclude(merged_into=None).count() == 0, "the job does it"

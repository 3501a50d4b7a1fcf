from datetime import timedelta

import pytest

from regard.customers.models import Profile
from regard.customers.privacy.erase import ask, carry_out, search, taken_by
from regard.customers.privacy.subjects import subjects
from regard.ledger.record.project import project_all
from regard.segments.computed.definition import read
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.refresh import refresh
from regard.segments.computed.save import save
from regard.segments.computed.tests.made import NOW
from regard.segments.mirror import mirror_profiles
from regard.segments.privacy import KEEPER
from regard.testing.events import send, track

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(workspace, ledger):
    at = (NOW - timedelta(days=2)).isoformat()
    send(workspace, *[track(f"m{user}", user=user, event="Call", timestamp=at) for user in ("ana", "ben")])
    project_all()
    ids = dict(Profile.objects.values_list("identifiers__value", "pk"))
    mirror_profiles(workspace.pk, list(ids.values()))
    for name, kind in (("calls", "number"), ("outcome", "last outcome")):
        save(ComputedTrait(workspace=workspace), read({"kind": kind}), name=name, actor="me@x", now=NOW)
    return ids["ana"]


def rows_of(ledger, workspace, customer):
    where = f"workspace = {workspace.pk} and customer = {customer}"
    return ledger.unscoped(f"select count() from computed where {where}")[0][0]


def test_what_was_worked_out_of_an_erased_customer_goes_and_does_not_come_back(workspace, ana, ledger):
    assert rows_of(ledger, workspace, ana) == 1
    erasure = ask(workspace.pk, [ana], by="dpo@x")
    carry_out(erasure, now=NOW)
    assert rows_of(ledger, workspace, ana) == 0 and erasure.left == {}
    assert refresh(workspace, now=NOW)
    assert rows_of(ledger, workspace, ana) == 0
    assert ComputedTrait.objects.get(name="calls").number == 1


def test_the_proof_finds_what_was_written_late(workspace, ana, ledger):
    erasure = ask(workspace.pk, [ana], by="dpo@x")
    carry_out(erasure, now=NOW)
    ledger.execute(f"insert into computed values ({workspace.pk}, 1, 1, {ana}, '3')")
    taken = taken_by(erasure, ())
    assert sum(search(taken).values()) == 1
    assert KEEPER.erase(taken) == 1 and not search(taken)


def test_it_is_given_out_as_it_is_known(workspace, ana):
    (subject,) = subjects(workspace.pk, [ana])
    sections = {section.name: list(section.rows) for section in KEEPER.export(subject)}
    assert sections["computed_traits"] == [{"trait": "calls", "value": 1}]

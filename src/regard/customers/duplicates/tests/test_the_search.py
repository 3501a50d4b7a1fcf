import random

import pytest
from django.conf import settings

from regard.customers.duplicates import find
from regard.customers.duplicates.find import find_duplicates
from regard.customers.duplicates.guessing import guessed, useful
from regard.customers.duplicates.jobs import work
from regard.customers.duplicates.models import DuplicateRun, Proposal
from regard.customers.identity.join import keep_apart
from regard.customers.models import Identifier, Link, Profile

pytest.importorskip("splink")
_SYLLABLES = ("ba", "co", "di", "fu", "ga", "ho", "ki", "lu", "ma", "no", "pe", "ri", "so", "ta", "vu", "we")


def people(workspace, n, copies=0, **same):
    """`n` customers, of whom the first `copies` come a second time, with a slip of the pen in the family name."""
    rng = random.Random(1)
    made = []
    for _ in range(n):
        given, family = ("".join(rng.choices(_SYLLABLES, k=3)) for _ in range(2))
        born = f"19{rng.randrange(30, 99)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        made.append((given, family, {"birthday": born, "city": rng.choice(("Lyon", "Paris", "Nice")), **same}))
    second = [(given, family[:-1] + "x", traits) for given, family, traits in made[:copies]]
    rows = [
        Profile(workspace=workspace, name=f"{given} {family}", traits=traits) for given, family, traits in made + second
    ]
    return Profile.objects.bulk_create(rows, batch_size=1_000)


def search(workspace, threshold=0.5):
    run = DuplicateRun.ask(workspace.pk, "search", by="x", threshold=threshold)
    work(run)
    run.refresh_from_db()
    assert run.outcome == "done", run.message
    return run


def found():
    return set(Proposal.objects.values_list("low", "high"))


def test_names_in_one_column_are_taken_apart_and_slips_are_found(workspace):
    made = people(workspace, 300, copies=20)
    run = search(workspace)
    true = {(made[place].pk, made[300 + place].pk) for place in range(20)}
    assert found() == true
    assert run.customers == 320 and [field.source for field in run.compared_fields][:2] == ["$given", "$family"]
    evidence = dict(
        zip([field.source for field in run.compared_fields], Proposal.objects.first().evidence, strict=True)
    )
    assert evidence["$given"][0] == "agree" and evidence["$family"][0] == "close" and evidence["birthday"][0] == "agree"


def test_decided_pairs_are_not_proposed_again_and_merged_customers_are_one(workspace):
    made = people(workspace, 200, copies=10)
    search(workspace)
    before = found()
    keep_apart(workspace=workspace.pk, customers=[made[0].pk, made[200].pk], by="x")
    Profile.objects.filter(pk=made[201].pk).update(merged_into=made[1].pk)
    Link.objects.create(workspace=workspace, low_id=made[2].pk, high_id=made[202].pk, namespace="", value="")
    search(workspace)
    assert before - found() == {(made[place].pk, made[200 + place].pk) for place in range(3)}


def test_a_search_that_fails_leaves_the_proposals_of_the_one_before(workspace, monkeypatch):
    people(workspace, 200, copies=10)
    search(workspace)
    before = found()
    pairs = find._pairs

    def cut_short(*given):
        yield from list(pairs(*given))[:3]
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(find, "_pairs", cut_short)
    run = DuplicateRun.ask(workspace.pk, "search", by="x", threshold=0.5)
    work(run)
    run.refresh_from_db()
    assert run.outcome == "failed" and before and found() == before


def test_the_scratch_pad_is_gone_after_a_search_and_after_a_failed_one(workspace, monkeypatch):
    from pathlib import Path

    left = Path(settings.REGARD_DATA) / "scratch" / "duplicates-7"
    left.mkdir(parents=True, exist_ok=True)  # by a server that was killed
    people(workspace, 50, copies=5)
    search(workspace)
    monkeypatch.setattr(find, "score", lambda *given, **more: 1 / 0)
    work(DuplicateRun.ask(workspace.pk, "search", by="x", threshold=0.5))
    assert list(left.parent.glob("duplicates-*")) == []


@pytest.mark.parametrize("n", [0, 1, 2])
def test_nobody_and_one_customer_make_no_pairs(workspace, n):
    people(workspace, n)
    assert search(workspace).found == 0


def test_customers_without_anything_to_compare_make_no_pairs(workspace):
    Profile.objects.bulk_create(Profile(workspace=workspace, traits={"plan": "fibre"}) for _ in range(20))
    assert search(workspace).found == 0


def test_thousands_who_share_an_address_do_not_make_millions_of_pairs(workspace):
    made = people(workspace, 5_000, copies=5, email="shop@x.example", zip="75001")
    run = search(workspace)
    assert run.compared < 500_000
    assert found() >= {(made[place].pk, made[5_000 + place].pk) for place in range(5)}
    assert run.found < 100


def test_odd_values_do_not_end_a_search(workspace):
    odd = ["", " ", "\n,\"'", "a" * 10_000, "\u202eevil", "null", "Ünï çödé", "12/31/1990", "-1", "{}"]
    rows = [
        Profile(workspace=workspace, name=f"{text[:90]} {text[:90]}", traits={"birthday": text, "zip": [text], "city": {"x": text}, "phone": text})
        for text in odd * 3
    ]  # fmt: skip
    Profile.objects.bulk_create(rows)
    Identifier.objects.create(workspace=workspace, namespace="email", value='a"b,c@x.example', profile=rows[0])
    assert search(workspace).outcome == "done"


def test_fields_are_known_by_what_they_are_called_in_several_languages():
    shares = {
        "Vorname": 0.9,
        "Nachname": 0.9,
        "Geburtsdatum": 0.8,
        "PLZ": 0.7,
        "Strasse": 0.6,
        "shoe_size": 0.9,
        "SSN": 0.01,
    }
    hows = {field.source: field.how.value for field in useful(guessed({**shares, "$name": 0.9, "$email": 0.5}))}
    assert hows == {
        "Vorname": "name", "Nachname": "name", "Geburtsdatum": "date", "PLZ": "number", "Strasse": "address", "$email": "email"
    }  # fmt: skip


def test_another_workspace_is_another_world(workspace):
    from regard.workspace.models import Workspace

    people(workspace, 100, copies=5)
    other = Workspace.found(name="Other")
    people(other, 100, copies=5)
    find_duplicates(DuplicateRun.ask(other.pk, "search", by="x", threshold=0.5))
    assert set(Proposal.objects.values_list("low__workspace", "high__workspace")) == {(other.pk, other.pk)}

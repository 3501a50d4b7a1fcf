"""A customer is found by any key, name or number, however it is written, and by what they said; never by who may not see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regard.customers.identity.models import Identifier
from regard.customers.people.models import Profile
from regard.customers.people.slots import SLOTS
from regard.customers.search.folding import folded, phone_ends, words
from regard.customers.search.queries import said, search
from regard.ledger.mapping.models import Mapping
from regard.ledger.record.project import project_all
from regard.site.consumers import consume_all
from regard.testing.events import send, track
from regard.testing.people import member, signed_in
from regard.warehouse import Scope, WarehouseAway
from regard.workspace.models import Unit, Workspace

pytestmark = pytest.mark.django_db


def person(workspace, name, *, unit=None, **keys):
    made = Profile.objects.create(workspace=workspace, name=name, home_unit=unit)
    for namespace, value in keys.items():
        Identifier.objects.create(workspace=workspace, namespace=namespace, value=value, profile=made)
    return made


@pytest.fixture
def people(ledger, workspace):
    from regard.segments.finding.mirror import mirror_words
    from regard.segments.mirror import mirror_profiles

    made = [
        person(workspace, "Łukasz Müller", email="l.mueller@halcyon.example", phone="+33612345678", crm="C-1001"),
        person(workspace, "Anaïs Lefèvre", email="anais.lefevre@halcyon.example", phone="+33698765432"),
        person(workspace, "Anna Schmidt", email="anna.schmidt83@mail.example", crm="C-1002"),
        person(workspace, "Jean-Luc O'Hara", phone="0144556677"),
        person(workspace, "李小龍", crm="龍-7"),
    ]
    ids = [one.pk for one in made]
    mirror_profiles(workspace.pk, ids)
    mirror_words(workspace.pk, ids)
    return made


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("C-1001", "Łukasz Müller"), ("c-1002", "Anna Schmidt"), ("L.MUELLER@halcyon.example", "Łukasz Müller"),
        ("lukasz", "Łukasz Müller"), ("muller lukasz", "Łukasz Müller"), ("Müller, Łukasz", "Łukasz Müller"), ("lefevre", "Anaïs Lefèvre"),
        ("anais lefev", "Anaïs Lefèvre"), ("schmidt83", ""), ("schmidt", "Anna Schmidt"), ("Schmitd", "Anna Schmidt"), ("ana shmidt", "Anna Schmidt"),
        ("Lefevbre", "Anaïs Lefèvre"), ("06 12 34 56 78", "Łukasz Müller"), ("+33612345678", "Łukasz Müller"),
        ("0033 6 12 34 56 78", "Łukasz Müller"),
        ("(06) 98-76.54.32", "Anaïs Lefèvre"), ("345678", "Łukasz Müller"), ("5432", "Anaïs Lefèvre"), ("+33 1 44 55 66 77", ""),
        ("01 44 55 66 77", "Jean-Luc O'Hara"), ("ohara", ""), ("o'hara", "Jean-Luc O'Hara"), ("jean luc", "Jean-Luc O'Hara"), ("李小龍", "李小龍"),
        ("zzzzzz", ""), ("mail.example", "Anna Schmidt"), ("%", ""), ("'; drop table words", ""),
    ],
)  # fmt: skip
def test_the_best_hit_is_who_was_meant(people, workspace, typed, name):
    found = search(Scope(workspace.pk), typed).people
    if name:
        assert found and found[0].name == name
    else:
        assert all(one.name != "Łukasz Müller" for one in found)


def test_a_whole_key_comes_before_names_and_names_before_typos(people, workspace):
    keyed = person(workspace, "Someone Else", crm="anna")
    from regard.segments.finding.mirror import mirror_words

    mirror_words(workspace.pk, [keyed.pk])
    names = [one.name for one in search(Scope(workspace.pk), "anna").people]
    assert names[:2] == ["Someone Else", "Anna Schmidt"]


def test_who_has_come_in_this_second_is_found_by_key_and_by_the_beginning_of_the_name(people, workspace):
    person(workspace, "Brand New", crm="C-9")
    for typed in ("C-9", "brand"):
        assert [one.name for one in search(Scope(workspace.pk), typed).people] == ["Brand New"]


def test_a_name_that_changed_is_no_longer_found_by_the_old_one(people, workspace):
    Profile.objects.filter(pk=people[2].pk).update(name="Anna Weber")
    Identifier.objects.filter(profile=people[2].pk, namespace="email").delete()
    assert search(Scope(workspace.pk), "schmidt").people == ()


def test_a_merged_customer_is_found_by_what_either_was_known_as(people, workspace):
    Profile.objects.filter(pk=people[1].pk).update(merged_into=people[0].pk)
    for typed in ("5432", "anais.lefevre@halcyon.example", "lukasz"):
        assert [one.id for one in search(Scope(workspace.pk), typed).people] == [people[0].pk]


def test_another_workspace_and_another_unit_find_nobody(people, workspace):
    other, store = (
        Workspace.found(name="Rival"),
        Unit.objects.create(workspace=workspace, parent=workspace.root, name="S"),
    )
    for typed in ("C-1001", "lukasz", "0612345678", "Lukasc"):
        assert search(Scope(other.pk), typed).people == ()
        assert search(Scope(workspace.pk, (store.pk,)), typed).people == ()
    Profile.objects.filter(pk=people[0].pk).update(home_unit=store)
    assert [one.id for one in search(Scope(workspace.pk, (store.pk,)), "lukasz").people] == [people[0].pk]


def test_without_the_ledger_keys_and_beginnings_are_found_and_the_page_says_so(people, workspace, monkeypatch):
    def away(*_):
        raise WarehouseAway("gone")

    for name in ("find", "said", "seen", "last_seen", "recent", "listed", "trait_names"):
        monkeypatch.setattr(SLOTS, name, away)
    client = signed_in(member(workspace))
    for typed in ("C-1001", "łukasz", "l.mueller@halc"):
        page = client.get("/customers/", {"q": typed}).content.decode()
        assert "Łukasz Müller" in page and "The ledger does not answer" in page
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="S")
    assert search(Scope(workspace.pk, (store.pk,)), "C-1001").people == ()


def answer(id, user, text, **more):
    properties = {"metric": "nps", "score": 3, "comment": text, **more}
    return track(
        id, user=user, event="Answered", timestamp=(datetime.now(UTC) - timedelta(days=1)).isoformat(), properties=properties,
    )  # fmt: skip


def test_what_was_said_is_found_by_its_words_without_accents_and_only_in_rows_of_the_scope(ledger, workspace):
    Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    rule = {
        "event": "Answered",
        "touchpoint": 0,
        "metric": "nps",
        "score_property": "score",
        "text_property": "comment",
        "unit_property": "unit",
    }
    Mapping.save_version(workspace_id=workspace.pk, author="ines", rules=[rule])
    send(
        workspace,
        answer("a", "u1", "La réparation était TROP lente", unit="Store"),
        answer("b", "u2", "Réparation parfaite"),
    )
    project_all()
    consume_all()
    store = Unit.objects.get(workspace=workspace, name="Store")
    assert {one.quote.text for one in said(Scope(workspace.pk), "reparation", limit=9)} == {
        "La réparation était TROP lente", "Réparation parfaite",
    }  # fmt: skip
    assert [one.quote.text for one in said(Scope(workspace.pk), "RÉPARATION trop", limit=9)] == [
        "La réparation était TROP lente"
    ]
    assert [one.person.title for one in said(Scope(workspace.pk, (store.pk,)), "reparation", limit=9)] == ["u1"]
    assert said(Scope(Workspace.found(name="R").pk), "reparation", limit=9) == []


@given(st.text(max_size=80))
def test_any_text_is_folded_to_itself_and_read_without_trouble(text):
    assert folded(folded(text)) == folded(text)
    assert all(words(word) == [word] for word in words(text) if len(word) < 64)
    assert all(end.isdigit() for end in phone_ends(text))

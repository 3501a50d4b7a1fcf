import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from regard.customers.identity.correct import CannotCorrect, add_name, remove_name
from regard.customers.identity.models import Identifier
from regard.customers.models import Consent, ErasedKey, Erasure, PastTrait, Profile, RetentionRule
from regard.customers.privacy.retention import carry_out_all
from regard.ledger.record.project import project_all
from regard.testing.events import send, track
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import AuditEntry

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ines(workspace, ledger):
    at = datetime(2026, 10, 1, 9, tzinfo=UTC)
    traits = {"name": "=Inès", "email": "ines@example.org", "plan": "fibre"}
    send(
        workspace,
        {"type": "identify", "messageId": "i", "userId": "u1", "traits": traits, "timestamp": at.isoformat()},
        track("a", timestamp=at.isoformat(), properties={"queue": "billing"}),
        track("b", timestamp=(at + timedelta(days=1)).isoformat()),
        track("c", user="u2", timestamp=at.isoformat()),
        received=at,
    )
    project_all()
    return Identifier.objects.get(value="u1").profile_id


@pytest.fixture
def officer(workspace, ledger):
    return recently(signed_in(member(workspace, "admin")))


def unpacked(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_file_holds_what_the_database_holds(officer, ines, ledger):
    whole = unpacked(officer.get(f"/privacy/customers/{ines}/everything.zip"))
    timeline = json.loads(whole.read("timeline.json"))
    assert [entry["event"] for entry in timeline] == ["Call Ended", "Call Ended"]
    assert timeline[1]["properties"] == {"queue": "billing"}
    kept = {(one["namespace"], one["value"]) for one in json.loads(whole.read("identifiers.json"))}
    assert kept == set(Identifier.objects.filter(profile=ines).values_list("namespace", "value"))
    said = {one["trait"]: one["value"] for one in json.loads(whole.read("traits-by-source.json"))}
    assert said["plan"] == "fibre"
    assert len(list(csv.DictReader(io.StringIO(whole.read("timeline.csv").decode())))) == 2
    assert "u2" not in "".join(whole.read(name).decode() for name in whole.namelist())
    assert AuditEntry.objects.filter(action="customer.given_out", subject=f"customer {ines}").exists()


def test_no_cell_of_the_file_is_a_formula(officer, ines):
    whole = unpacked(officer.get(f"/privacy/customers/{ines}/everything.zip"))
    (profile,) = csv.DictReader(io.StringIO(whole.read("profiles.csv").decode()))
    assert profile["name"] == "'=Inès"


def test_the_password_is_asked_for_first(workspace, ines):
    client = signed_in(member(workspace, "owner"))
    for address in (f"/privacy/customers/{ines}", f"/privacy/customers/{ines}/everything.zip"):
        assert "reauthenticate" in client.get(address)["Location"]
    assert "reauthenticate" in client.post(f"/privacy/customers/{ines}/erasure", {"mode": "erase"})["Location"]
    assert not Erasure.objects.exists()


def test_nobody_is_erased_before_it_is_said_that_it_was_checked(officer, ines):
    answer = officer.post(f"/privacy/customers/{ines}/erasure", {"mode": "anonymise", "ground": "ended"})
    assert "Say that you have checked it" in answer.content.decode()
    assert not Erasure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_page_asks_for_an_erasure_and_its_job_does_it(officer, ines):
    from regard.customers.privacy.jobs import carry_out_erasure

    answer = officer.post(f"/privacy/customers/{ines}/erasure", {"mode": "erase", "ground": "asked", "sure": "on"})
    erasure = Erasure.objects.get()
    assert answer["Location"] == f"/privacy/erasures/{erasure.pk}"
    assert "being taken out" in officer.get(answer["Location"]).content.decode()
    carry_out_erasure.func(erasure.pk)
    page = officer.get(answer["Location"]).content.decode()
    assert "nothing of them was found" in page
    assert officer.get(f"/customers/{ines}").status_code == 404
    assert officer.get(f"/privacy/erasures/{erasure.pk}.json").json()["removed"]["ledger"] == 2
    assert "ines" not in json.dumps(list(AuditEntry.objects.values("subject", "details"))).lower()


def test_a_wrong_address_is_taken_away_and_a_right_one_given(workspace, ines):
    wrong = Identifier.objects.get(value="ines@example.org")
    remove_name(workspace=workspace.pk, customer=ines, identifier=wrong.pk, by="us")
    add_name(workspace=workspace.pk, customer=ines, namespace="email", value=" Ines@New.example ", by="us")
    known = set(Identifier.objects.filter(profile=ines, namespace="email").values_list("value", flat=True))
    assert known == {"ines@new.example"}
    with pytest.raises(CannotCorrect, match="another customer"):
        add_name(workspace=workspace.pk, customer=ines, namespace="user", value="u2", by="us")
    with pytest.raises(CannotCorrect, match="already"):
        add_name(workspace=workspace.pk, customer=ines, namespace="email", value="ines@new.example", by="us")
    with pytest.raises(CannotCorrect, match="cannot be used"):
        add_name(workspace=workspace.pk, customer=ines, namespace="email", value="no address", by="us")
    assert "ines@" not in json.dumps(list(AuditEntry.objects.values("subject", "details")))


def test_a_name_said_by_a_colleague_stands_above_what_systems_say(officer, workspace, ines):
    officer.post(f"/privacy/customers/{ines}/correction", {"name": "Inès Moreau-Diallo"})
    assert Profile.objects.get(pk=ines).name == "Inès Moreau-Diallo"
    later = {"type": "identify", "messageId": "i2", "userId": "u1", "traits": {"name": "I. Moreau"}}
    send(workspace, later)
    project_all()
    assert Profile.objects.get(pk=ines).name == "Inès Moreau-Diallo"


def rule(workspace, kind, days, **more):
    return RetentionRule.objects.create(workspace=workspace, kind=kind, days=days, **more)


def test_what_is_kept_long_enough_goes_and_the_rest_stays(workspace, ines, ledger):
    rule(workspace, "interactions", 49)  # since 2 October, 12:00
    rule(workspace, "traits", 10)
    gone = PastTrait.objects.create(
        profile_id=ines, source=1, name="plan", value="dsl", since=NOW - timedelta(30), until=NOW - timedelta(20)
    )
    kept = PastTrait.objects.create(
        profile_id=ines, source=1, name="plan", value="4g", since=NOW - timedelta(20), until=NOW - timedelta(5)
    )
    went = carry_out_all(now=NOW)
    assert sorted(went.values()) == [1, 3]
    assert ledger.unscoped("select count() from ledger") == [(0,)]
    assert not PastTrait.objects.filter(pk=gone.pk).exists() and PastTrait.objects.filter(pk=kept.pk).exists()


def test_comments_go_and_scores_stay(workspace, ledger):
    from regard.ledger.inbox.put import put_rows
    from regard.ledger.sources.models import Source, SourceKind

    source = Source.objects.create(workspace=workspace, kind=SourceKind.PRODUCT, name="Surveys")
    row = {
        "kind": "answer",
        "metric": "nps",
        "scale_low": 0,
        "scale_high": 10,
        "score": 3,
        "text": "Slow",
        "user_id": "u1",
    }
    put_rows(
        workspace=workspace.pk, source=source.pk,
        rows=[{**row, "message_id": "old", "at": "2026-09-01T10:00:00+00:00"}, {**row, "message_id": "new", "at": "2026-11-01T10:00:00+00:00"}],
    )  # fmt: skip
    project_all()
    rule(workspace, "comments", 30)
    assert list(carry_out_all(now=NOW).values()) == [1]
    assert sorted(ledger.unscoped("select score, text from ledger")) == [(3.0, ""), (3.0, "Slow")]


def test_customers_nothing_was_heard_of_go_whole_but_for_those_under_a_legal_hold(workspace, ines, ledger):
    from regard.customers.contact.restrain import restrain

    silent, held = ines, Identifier.objects.get(value="u2").profile_id
    restrain(workspace.pk, reason="legal hold", by="us", now=NOW, customers=[held])
    Profile.objects.update(changed=NOW - timedelta(days=60))
    rule(workspace, "customers", 30, anonymise=True)
    assert list(carry_out_all(now=NOW).values()) == [1]
    assert set(Profile.objects.values_list("pk", flat=True)) == {held}
    assert ledger.unscoped("select count(), countIf(profile = 0) from ledger") == [(3, 2)]
    assert ErasedKey.objects.count() == 2
    assert silent not in set(Consent.objects.values_list("profile", flat=True))


def test_a_rule_is_made_changed_and_taken_away_on_the_page(officer, workspace):
    officer.post("/privacy/retention", {"kind": "refused", "days": 30})
    officer.post("/privacy/retention", {"kind": "refused", "days": 60})
    (made,) = RetentionRule.objects.all()
    assert made.days == 60
    assert (
        "Only whole customers"
        in officer.post("/privacy/retention", {"kind": "refused", "days": 9, "anonymise": "on"}).content.decode()
    )
    officer.post(f"/privacy/retention/{made.pk}/removal")
    assert not RetentionRule.objects.exists()

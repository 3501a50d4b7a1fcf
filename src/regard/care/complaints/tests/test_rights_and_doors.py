"""Complaints stay within units, come in over the API once, by a playbook, and go when their customer is erased."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regard.care.cases.models import Case, State
from regard.care.cases.tests.made import case, customer
from regard.care.complaints import work
from regard.care.complaints.complain import Filing
from regard.care.complaints.models import Answer, Complaint
from regard.care.complaints.redress.models import limits
from regard.care.complaints.report.queries import report
from regard.care.complaints.tests.made import complaint, decided
from regard.customers.privacy.erase import ask, carry_out
from regard.customers.privacy.models import Erasure
from regard.playbooks.runs.tests.made import answer, follow, playbook
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.members.rights import Role
from regard.workspace.models import ApiKey, Unit, Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_who_works_elsewhere_does_not_find_it(workspace: Workspace) -> None:
    here, there = (Unit.objects.create(workspace=workspace, parent=workspace.root, name=name) for name in ("Here", "There"))
    one = complaint(workspace, unit=here.pk)
    number = one.case.number
    for unit, status in ((here, 200), (there, 404)):
        client = signed_in(member(workspace, Role.AGENT, at=unit, email=f"{unit.pk}@x.example"))
        assert client.get(f"/complaints/{number}").status_code == status
        assert (f"#{number} " in client.get("/complaints/").content.decode()) == (status == 200)
        assert client.get(f"/complaints/{number}/receipt").status_code == status
        if status == 404:
            assert client.post(f"/complaints/{number}/act", {"act": "find", "text": "x"}).status_code == 404
            assert client.post(f"/complaints/{number}/evidence").status_code == 404
    assert not one.findings.exists()


def test_what_was_typed_stays_when_it_cannot_be_done(workspace: Workspace) -> None:
    one, client = complaint(workspace), signed_in(member(workspace, Role.AGENT))
    refused = client.post(f"/complaints/{one.case.number}/act", {"act": "rule", "ruling": "upheld", "reasons": "Because <we> were wrong"})
    text = refused.content.decode()
    assert refused.status_code == 422 and "Because &lt;we&gt; were wrong" in text and "Assess it first" in text


def test_a_year_that_was_mistyped_is_said_at_its_field_and_leaves_nothing_behind(workspace: Workspace) -> None:
    client, number = signed_in(member(workspace, Role.AGENT)), case(workspace).queue_id
    typed = {"title": "Charged twice", "words": "Again <and> again", "unit": workspace.root.pk, "queue": number, "priority": 3, "via": "phone"}
    refused = client.post("/complaints/new", {**typed, "received": "1990-01-01T10:00"}).content.decode()
    assert "more than ten years ago" in refused and "Again &lt;and&gt; again" in refused
    assert Case.objects.count() == 1 and not Complaint.objects.exists()
    assert client.post("/complaints/new", {**typed, "received": "2025-01-01T10:00"}).status_code == 302 and Complaint.objects.count() == 1


def test_whoever_assesses_it_works_on_it_and_once_answered_nothing_asks_for_more(workspace: Workspace) -> None:
    one, client = complaint(workspace), signed_in(member(workspace, Role.ADMIN))
    assert one.case.state == State.NEW and "They were told" in client.get(f"/complaints/{one.case.number}").content.decode()
    decided(one)
    assert Case.objects.get().state == State.OPEN
    work.answer(one, "We are sorry.", by="t@x.example", now=timezone.now(), how="by post")
    page = client.get(f"/complaints/{one.case.number}").content.decode()
    assert "They were told" not in page and "What you found" not in page and "Close the case" in page


def test_a_case_becomes_a_complaint_on_its_page(workspace: Workspace) -> None:
    one, client = case(workspace), signed_in(member(workspace, Role.AGENT))
    assert "It is a complaint" in client.get(f"/cases/{one.number}").content.decode()
    given = {"received": "2026-11-20T10:00", "via": "letter", "remedy": "refund", "wish": "", "rule": "", "told": "by post"}
    assert client.post(f"/complaints/of/{one.number}", given).status_code == 302
    made = Complaint.objects.get()
    assert (made.via, made.acknowledged_how, made.received.date().isoformat()) == ("letter", "by post", "2026-11-20")
    client.post(f"/complaints/of/{one.number}", {**given, "received": "2036-11-20T10:00"})
    assert Complaint.objects.count() == 1


def test_it_comes_in_over_the_api_once_and_for_a_case_that_is_there(workspace: Workspace) -> None:
    _key, secret = ApiKey.create(workspace_id=workspace.pk, name="k", scope="write", unit_id=workspace.root.pk, actor="x")

    def ask(**more: Any) -> Any:
        body = {"title": "Wrong bill", "via": "social", "remedy": "refund", "key": "post 7", "customer": customer(workspace), **more}
        return Client().post("/api/complaints", json.dumps(body), content_type="application/json", headers={"Authorization": f"Bearer {secret}"})

    first, again = ask(), ask()
    assert (first.status_code, again.status_code) == (201, 200) and first.json() == again.json()
    assert first.json()["deadlines"] == "Our own promise" and first.json()["decision"] is None
    assert ask(key="late", received="2099-01-01T00:00:00Z").status_code == 422 and Complaint.objects.count() == 1
    assert Case.objects.count() == 1  # what is refused leaves no case behind
    assert ask(key="x", deadlines="No such").status_code == 422
    listed = Client().get("/api/complaints?open=true", headers={"Authorization": f"Bearer {secret}"}).json()
    assert [one["number"] for one in listed["items"]] == [first.json()["number"]]


def test_a_playbook_enters_it(workspace: Workspace) -> None:
    playbook(workspace, {"do": "case", "complaint": "yes", "title": "{{ score }}"})
    answer(workspace, profile=customer(workspace))
    follow()
    made = Complaint.objects.get()
    assert made.via == "survey" and made.case.words == "Nobody called back" and made.acknowledged


def test_the_report_counts_what_was_due_and_what_was_upheld(workspace: Workspace) -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=60)
    for ruling, took in (("upheld", 5), ("rejected", 50)):
        one = complaint(workspace, now=long_ago, filing=Filing(via="phone", received=long_ago))
        decided(one, ruling=ruling, now=long_ago)
        work.answer(one, "Here it is.", by="t@x.example", now=long_ago + timedelta(days=took), how="by post")
    complaint(workspace, now=long_ago, filing=Filing(via="letter", received=long_ago))  # never answered: late
    complaint(workspace)  # has time
    found = report(Scope(workspace.pk), first=now - timedelta(days=365), last=now + timedelta(hours=1), now=now, zone="Europe/Paris")
    (total,) = found[""]
    assert (total.received, total.owed, total.in_time.value, total.upheld.value) == (4, 3, pytest.approx(100 / 3), 50)
    assert [(one.key, one.received) for one in found["via"]] == [("phone", 3), ("letter", 1)]
    assert total.lasted == pytest.approx(27.5 * 86_400)
    elsewhere = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Elsewhere")
    hidden = report(Scope(workspace.pk, (elsewhere.pk,)), first=long_ago - timedelta(days=1), last=now, now=now, zone="Europe/Paris")
    assert hidden[""][0].received == 0
    page = signed_in(member(workspace, Role.ANALYST)).get("/complaints/report")
    assert page.status_code == 200 and "33 % of 3 final responses" in page.content.decode()
    assert "phone" in b"".join(signed_in(member(workspace, Role.MANAGER)).get("/complaints/report?as=csv").streaming_content).decode()  # type: ignore[attr-defined]


def test_of_somebody_anonymised_the_sums_stay_and_the_words_go(workspace: Workspace) -> None:
    who = customer(workspace)
    filing = Filing(via="form", complainant="Inès Moreau · ines@mail.example", wish="My money")
    one = complaint(workspace, profile=who, words="I am Inès", filing=filing)
    work.find(one, "Inès is right", by="t@x.example", now=timezone.now())
    work.answer(decided(one), "Dear Inès", by="t@x.example", now=timezone.now(), how="by post")
    carry_out(ask(workspace.pk, [who], by="t@x.example", mode=Erasure.Mode.ANONYMISE))
    left = Complaint.objects.get()
    said = [left.complainant, left.wish, left.findings.get().text, left.rulings.get().reasons, Answer.objects.get().text, left.case.words]
    assert said == [""] * 6 and left.answered


def test_what_is_promised_is_set_on_pages(workspace: Workspace) -> None:
    client = signed_in(member(workspace, Role.ADMIN))
    assert "Our own promise" in client.get("/settings/complaints/").content.decode()
    taken = client.post("/settings/complaints/rules/library", {"key": "gb-telecoms"})
    assert client.post("/settings/complaints/rules/library", {"key": "nothing"}).status_code == 302
    given = {"name": "Telecoms", "everywhere": "on", "acknowledge": "2 working days", "answer": "6 weeks", "authority": "Ombudsman"}
    assert client.post(taken["Location"], given).status_code == 302
    assert complaint(workspace).rule.name == "Telecoms"
    wrong = client.post(taken["Location"], {**given, "answer": "soon", "name": "Telecoms, old"})
    assert wrong.status_code == 200 and "20 working days or 8 weeks." in wrong.content.decode() and "Telecoms, old" in wrong.content.decode()
    double = client.post("/settings/complaints/rules/new", {**given, "everywhere": ""})
    assert "already a rule of this name" in double.content.decode()
    assert client.post("/settings/complaints/limits", {"agent": "-1"}).status_code == 422
    assert client.post("/settings/complaints/limits", {"agent": "75", "manager": ""}).status_code == 302
    assert limits(workspace.pk)[Role.AGENT] == 75 and limits(workspace.pk)[Role.MANAGER] is None
    assert client.post("/settings/complaints/form", {"on": "on", "words": "Hello"}).status_code == 302
    assert "/complain/" in client.get("/settings/complaints/").content.decode()
    assert client.post(f"{taken['Location']}/retirement").status_code == 302
    assert complaint(workspace).rule.name == "Our own promise"

import pytest
from django.core import mail
from django.utils import timezone

from regard.customers.contact.models import (
    Consent,
    ConsentText,
    FrequencyRule,
    Purpose,
    QuietHours,
    Restraint,
    Suppression,
)
from regard.customers.contact.panel.queries import consent_chips
from regard.customers.contact.public.mail import mail_request
from regard.customers.contact.restrain import restrain
from regard.customers.contact.tests.made import customer, says, suppress, verdict
from regard.customers.models import Identifier
from regard.testing.people import member, signed_in
from regard.warehouse.scope import Scope
from regard.workspace.models import AuditEntry, Unit, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(purposes):
    return signed_in(member(purposes))


def test_a_workspace_without_purposes_is_offered_the_usual_ones(workspace):
    client = signed_in(member(workspace))
    assert b"Begin with these three" in client.get("/settings/contact/").content
    client.post("/settings/contact/beginning")
    assert set(Purpose.objects.values_list("key", flat=True)) == {"service", "feedback", "marketing"}
    client.post("/settings/contact/beginning")
    assert Purpose.objects.count() == 3


def test_a_founded_workspace_has_them_from_the_first_event_on(workspace):
    from regard.site.wiring import subscriptions
    from regard.workspace.welcome.found import FOUNDED

    (mine,) = (one for one in subscriptions() if one.name == "customers.purposes")
    assert mine.kinds == (FOUNDED,)
    mine.handle(workspace.pk, [workspace.pk])
    mine.handle(workspace.pk, [workspace.pk])
    assert Purpose.objects.filter(workspace=workspace).count() == 3


def test_a_purpose_is_added_worded_changed_and_retired(client, purposes):
    sent = client.post(
        "/settings/contact/purposes/new",
        {"key": "panel", "name": "Customer panel", "basis": "consent", "double_opt_in": "on"},
    )
    made = Purpose.objects.get(key="panel")
    assert sent.headers["Location"] == f"/settings/contact/purposes/{made.pk}"
    here = f"/settings/contact/purposes/{made.pk}"
    for text in ("I join the panel.", "I join the panel and may leave it."):
        client.post(f"{here}/wording", {"text-language": "en", "text-text": text})
    page = client.get(here).content.decode()
    assert "version 2" in page and "I join the panel." in page
    assert (
        b"Give a language code"
        in client.post(f"{here}/wording", {"text-language": "English!", "text-text": "x"}).content
    )
    client.post(here, {"name": "The panel", "key": "other", "basis": "interest"})
    made.refresh_from_db()
    assert (made.name, made.key, made.double_opt_in) == ("The panel", "panel", False)
    assert (
        b"Only a purpose that needs consent"
        in client.post(here, {"name": "x", "basis": "interest", "double_opt_in": "on"}).content
    )
    assert (
        b"already a purpose of this key"
        in client.post("/settings/contact/purposes/new", {"key": "panel", "name": "x", "basis": "consent"}).content
    )
    assert b"Nobody is contacted for it" in client.get(f"{here}/retirement").content
    client.post(f"{here}/retirement")
    assert b"1 retired" in client.get("/settings/contact/").content
    client.post(f"{here}/return")
    made.refresh_from_db()
    assert made.retired is None
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"purpose.added", "purpose.changed", "purpose.retired", "purpose.returned", "consent_text.added"} <= actions


def test_quiet_hours_and_limits_are_added_and_removed(client, purposes):
    client.post(
        "/settings/contact/quiet-hours",
        {"quiet-channel": "SMS", "quiet-days": [0, 1, 2, 3, 4, 5, 6], "quiet-start": "20:00", "quiet-end": "09:00"},
    )
    client.post(
        "/settings/contact/quiet-hours",
        {"quiet-channel": "all", "quiet-days": ["6"], "quiet-start": "00:00", "quiet-end": "00:00"},
    )
    client.post(
        "/settings/contact/frequency",
        {
            "frequency-most": 1,
            "frequency-days": 30,
            "frequency-channel": "e-mail",
            "frequency-excess": "drop",
            "frequency-sender_kind": "survey",
        },
    )
    page = client.get("/settings/contact/").content.decode()
    assert "SMS: every day, 20:00–09:00" in page and "all channels: Sun, all day" in page
    assert "At most 1 contact by e-mail for anything in 30 days; one more is dropped. Only survey." in page
    wrong = client.post("/settings/contact/quiet-hours", {"quiet-channel": "SMS", "quiet-start": "late"})
    assert wrong.status_code == 400 and b"open><summary>Add quiet hours" in wrong.content
    assert client.post("/settings/contact/frequency", {"frequency-most": -1, "frequency-days": 0}).status_code == 400
    for row in QuietHours.objects.all():
        client.post(f"/settings/contact/quiet-hours/{row.pk}/removal")
    client.post(f"/settings/contact/frequency/{FrequencyRule.objects.get().pk}/removal")
    assert not QuietHours.objects.exists() and not FrequencyRule.objects.exists()


def test_contact_is_paused_for_everybody_and_resumed(client, purposes):
    who = customer(purposes)
    client.post(
        "/settings/contact/pauses", {"pause-reason": "outage", "pause-purposes": ["feedback"], "pause-note": "Mast 7"}
    )
    assert verdict(who, timezone.now()).because == "restrained" and verdict(who, timezone.now(), "service").allowed
    page = client.get("/settings/contact/").content.decode()
    assert "Some customers are not contacted for now" in page and "Mast 7" in page
    here = f"/settings/contact/pauses/{Restraint.objects.get().pk}/end"
    assert b"everybody" in client.get(here).content
    client.post(here)
    assert verdict(who, timezone.now()).allowed
    assert client.get(here).status_code == 404
    assert (
        client.post("/settings/contact/pauses", {"pause-reason": "outage", "pause-until": "2020-01-01"}).status_code
        == 400
    )


def test_the_settings_lead_there_and_only_those_who_may(client, purposes, _ledger_tables):
    page = client.get("/settings/").content.decode()
    assert "/settings/contact/" in page and "/settings/suppressions/" in page
    assert "/settings/contact/" not in signed_in(member(purposes, "agent")).get("/settings/").content.decode()


def test_what_belongs_to_another_workspace_is_not_found(client, purposes):
    from regard.customers.contact.purposes.seed import fill

    rival = Workspace.found(name="Rival")
    fill(rival.pk, actor="x")
    theirs = customer(rival)
    purpose = Purpose.objects.get(workspace=rival, key="marketing")
    quiet = QuietHours.objects.create(workspace=rival, days=[0], start="09:00", end="10:00")
    rule = FrequencyRule.objects.create(workspace=rival, most=1, days=1)
    (paused,) = restrain(rival.pk, everybody=True, reason="outage", by="x", now=timezone.now())
    (held,) = restrain(rival.pk, customers=[theirs.pk], reason="case", by="x", now=timezone.now())
    mine = customer(purposes)
    here, people = "/settings/contact", "/customers"
    addresses = [
        *(f"{here}/purposes/{purpose.pk}{act}" for act in ("", "/wording", "/retirement", "/return")),
        f"{here}/quiet-hours/{quiet.pk}/removal",
        f"{here}/frequency/{rule.pk}/removal",
        f"{here}/pauses/{paused.pk}/end",
        *(
            f"{people}/{theirs.pk}/{what}"
            for what in ("contact", "consents", "restraints", f"restraints/{held.pk}/lifting")
        ),
        *(f"{people}/{mine.pk}/restraints/{one.pk}/lifting" for one in (held, paused)),
        f"{people}/{2**63}/contact",
    ]
    for address in addresses:
        assert client.post(address).status_code == 404 or client.get(address).status_code == 404, address
    sent = client.post(
        "/settings/contact/frequency",
        {
            "frequency-most": 1,
            "frequency-days": 1,
            "frequency-channel": "all",
            "frequency-excess": "drop",
            "frequency-purpose": purpose.pk,
        },
    )
    assert sent.status_code == 400
    wording = ConsentText.objects.get(purpose=purpose)
    client.post(
        f"/customers/{mine.pk}/consents",
        {
            "consent-purpose": "marketing",
            "consent-channel": "post",
            "consent-decision": "given",
            "consent-text": wording.pk,
        },
    )
    assert not Consent.objects.exists()


def test_an_agent_records_what_a_customer_said_on_the_phone(purposes):
    agent = signed_in(member(purposes, "agent"))
    who = customer(purposes)
    here = f"/customers/{who.pk}/contact"
    assert b"never asked" in agent.get(here).content
    said = {
        "consent-purpose": "feedback",
        "consent-channel": "all",
        "consent-decision": "withdrawn",
        "consent-note": "on the phone",
    }
    answer = agent.post(f"/customers/{who.pk}/consents", said)
    assert answer.status_code == 302 and answer.headers["Location"] == f"/customers/{who.pk}"
    panel = agent.post(
        f"/customers/{who.pk}/consents",
        {
            "consent-purpose": "marketing",
            "consent-channel": "e-mail",
            "consent-decision": "given",
            "consent-text": ConsentText.objects.get().pk,
        },
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "asked by e-mail to confirm" in panel and "e-mail: waiting for confirmation" in panel
    assert "all channels: withdrawn" in panel and "on the phone" in panel and "wording en 1" in panel
    row = Consent.objects.get(decision="withdrawn")
    assert (row.source, row.by, row.text) == ("agent", "agent@halcyon.example", None)
    assert AuditEntry.objects.filter(action="consent.recorded", actor="agent@halcyon.example").count() == 2


def test_a_form_that_cannot_be_taken_keeps_what_was_typed(purposes):
    agent = signed_in(member(purposes, "agent"))
    silent = customer(purposes, email="")
    said = {
        "consent-purpose": "marketing",
        "consent-channel": "e-mail",
        "consent-decision": "given",
        "consent-note": "in the shop",
    }
    page = agent.post(f"/customers/{silent.pk}/consents", said).content.decode()
    assert (
        "Without an e-mail address nobody can confirm it" in page
        and 'value="in the shop"' in page
        and "open><summary>Record what they said" in page
    )
    page = agent.post(f"/customers/{silent.pk}/consents", {**said, "consent-decision": ""}).content
    assert b"This field is required" in page
    wording = ConsentText.objects.get().pk
    page = agent.post(
        f"/customers/{silent.pk}/consents", {**said, "consent-purpose": "feedback", "consent-text": wording}
    ).content
    assert b"That wording belongs to another purpose" in page


def test_an_agent_holds_contact_and_lifts_it(purposes):
    agent, who = signed_in(member(purposes, "agent")), customer(purposes)
    agent.post(
        f"/customers/{who.pk}/restraints", {"restraint-reason": "bereavement", "restraint-note": "Her husband died."}
    )
    page = agent.get(f"/customers/{who.pk}/contact").content.decode()
    assert "Not for now: bereavement" in page and "Her husband died." in page
    assert verdict(who, timezone.now()).because == "restrained"
    agent.post(f"/customers/{who.pk}/restraints/{Restraint.objects.get().pk}/lifting")
    assert verdict(who, timezone.now()).allowed


def test_who_may_not_see_a_customer_sees_nothing_of_what_they_agreed_to(purposes):
    north = Unit.objects.create(workspace=purposes, parent=purposes.root, name="Nord")
    south = Unit.objects.create(workspace=purposes, parent=purposes.root, name="Sud")
    who = customer(purposes, home_unit=south)
    agent = signed_in(member(purposes, "agent", at=north))
    assert agent.get(f"/customers/{who.pk}/contact").status_code == 404
    assert agent.post(f"/customers/{who.pk}/consents", {}).status_code == 404
    assert agent.post(f"/customers/{who.pk}/restraints", {}).status_code == 404
    assert consent_chips(Scope(purposes.pk, (north.pk,)), who.pk) == []
    assert consent_chips(Scope(purposes.pk, (south.pk,)), who.pk) != []


def test_the_chips_say_how_they_may_be_reached(purposes, now):
    who = customer(purposes, phone="33612345678")

    def chips():
        return {chip.label: chip.tone for chip in consent_chips(Scope(purposes.pk), who.pk)}

    assert chips() == {"e-mail": "good", "SMS": "good", "phone": "good", "post": "good"}
    for purpose in ("service", "feedback"):
        says(who, purpose, "refused", now, channel="phone")
    bounced = suppress(purposes, "ines@example.org", "bounce")
    assert chips()["no e-mail"] == "bad"
    Identifier.objects.create(workspace=purposes, namespace="email", value="new@example.org", profile=who)
    assert chips()["e-mail"] == "good"
    bounced.why = "asked"
    bounced.save()
    assert chips() == {"no e-mail": "bad", "SMS": "good", "no phone": "", "post": "good"}
    restrain(purposes.pk, customers=[who.pk], reason="case", by="x", now=now, channels=["post"])
    assert chips()["no post"] == "warn"
    silent = customer(purposes, email="")
    assert [chip.title for chip in consent_chips(Scope(purposes.pk), silent.pk)][:3] == ["no address is known"] * 3


def test_no_page_takes_a_name_for_anything_but_text(client, purposes):
    from regard.customers.contact.public import links

    nasty = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    purposes.name = nasty[:80]
    purposes.save()
    purpose = Purpose.objects.get(key="marketing")
    purpose.name, purpose.description = nasty[:80], nasty
    purpose.save()
    ConsentText.word(purpose, language="fr", text=nasty, actor=nasty)
    who = customer(purposes, nasty, email=f"{nasty}@x.org")
    suppress(purposes, f"{nasty}@x.org")
    Suppression.objects.update(note=nasty, added_by=nasty)
    says(
        who,
        "marketing",
        "given",
        timezone.now(),
        channel="post",
        note=nasty,
        text=ConsentText.objects.get(language="fr"),
    )
    (request,) = says(
        who, "marketing", "given", timezone.now(), address="a@b.cd", text=ConsentText.objects.get(language="fr")
    )
    restrain(purposes.pk, everybody=True, reason="outage", by=nasty, note=nasty, now=timezone.now())
    restrain(purposes.pk, customers=[who.pk], reason="case", by=nasty, note=nasty, now=timezone.now())
    inside = [
        "/settings/contact/",
        f"/settings/contact/purposes/{purpose.pk}",
        f"/settings/contact/purposes/{purpose.pk}/retirement",
        "/settings/suppressions/",
        f"/settings/suppressions/{Suppression.objects.get().pk}/removal",
        f"/customers/{who.pk}/contact",
    ]
    outside = [
        links.unsubscribe_link(purposes.pk, who.pk, purpose="marketing", channel="e-mail"),
        links.confirm_link(request),
    ]
    for address in [*inside, *(link.removeprefix("http://127.0.0.1:8000") for link in outside)]:
        page = client.get(address)
        text = page.content.decode()
        assert page.status_code == 200 and "<script>alert" not in text and "<img src=x" not in text, address
        assert "&lt;script&gt;alert(1)" in text, address
    mail_request(request)
    assert "<script>alert" not in mail.outbox[0].alternatives[0].content

"""A playbook sends a message of Campaigns: in each customer's language, by the contact policy, in the words of when it was queued."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone

from regard.care.cases.tests.made import customer
from regard.customers.contact.purposes.seed import fill
from regard.customers.contact.record_consent import record_consent
from regard.customers.identity.resolve import resolve_alone
from regard.customers.people.models import Profile
from regard.customers.privacy.erase import ask, carry_out
from regard.outreach.campaigns.tests.made import template
from regard.outreach.messages.models import Message
from regard.outreach.messages.send import send_due
from regard.outreach.templates.models import MessageTemplate
from regard.playbooks.rules.definition import BadRule, read
from regard.playbooks.rules.models import NotReady, Playbook
from regard.playbooks.runs.message import WRITES
from regard.playbooks.runs.models import Deed
from regard.playbooks.runs.tests.made import HARD, answer, follow, playbook
from regard.testing.mail import Inbox, part
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
_TWO = {
    "en": {"subject": "Sorry, {{ name }}", "text": "# We are sorry\n\nWe call you.", "button": "When", "link": "https://halcyon.example/when"},
    "de": {"subject": "Verzeihung, {{ name }}", "text": "Wir rufen Sie an, {{ trait:plan }}."},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


@pytest.fixture
def message(workspace: Workspace) -> MessageTemplate:
    fill(workspace.pk, actor="t")
    return template(workspace, "Sorry", languages=_TWO)


def known(workspace: Workspace, name: str, **traits: str) -> int:
    who = customer(workspace, f"{name.lower()}@mail.example")
    Profile.objects.filter(pk=who).update(name=name, traits=traits)
    return who


def test_each_customer_gets_it_in_the_language_that_they_read(workspace: Workspace, inbox: Inbox, message: MessageTemplate) -> None:
    inbox.account(workspace)
    playbook(workspace, {"do": "write", "template": message.pk})
    for who in (known(workspace, "Jonas", language="de_CH", plan="Pro"), known(workspace, "Ann", language="sv")):
        answer(workspace, profile=who, key=str(who))
    follow()
    assert send_due() == 2
    german, english = sorted(inbox.mails, key=lambda one: str(one["Subject"]), reverse=True)
    assert german["Subject"] == "Verzeihung, Jonas" and all("Wir rufen Sie an, Pro." in part(german, kind) for kind in ("plain", "html"))
    assert english["Subject"] == "Sorry, Ann" and "https://halcyon.example/when" in part(english, "html")
    assert {(one.version.number, one.text, one.told) for one in Deed.objects.all()} == {(1, "", "sent")}


def test_where_it_can_be_refused_a_link_says_how_and_who_said_no_meanwhile_gets_nothing(
    workspace: Workspace, inbox: Inbox, message: MessageTemplate
) -> None:
    inbox.account(workspace)
    playbook(workspace, {"do": "write", "template": message.pk})
    stays, leaves, never = (known(workspace, name) for name in ("Ann", "Bea", "Cid"))
    no = partial(record_consent, workspace.pk, purpose="service", channel="all", decision="withdrawn", source="import", by="t", now=timezone.now())
    no(never)
    for who in (stays, leaves, never):
        answer(workspace, profile=who, key=str(who))
    follow()
    assert Message.objects.count() == 2
    no(leaves)
    send_due()
    (mail,) = inbox.mails
    assert mail["Subject"] == "Sorry, Ann" and "One-Click" in mail["List-Unsubscribe-Post"]
    told = dict(Deed.objects.values_list("run__profile", "told"))
    assert (told[stays], told[leaves]) == ("sent", "not sent") and "They do not want" in told[never]


def test_what_is_queued_keeps_its_words_and_what_comes_after_has_the_new_ones(
    workspace: Workspace, inbox: Inbox, message: MessageTemplate
) -> None:
    inbox.account(workspace)
    playbook(workspace, {"do": "write", "template": message.pk})
    answer(workspace, profile=known(workspace, "Ann"), key="a")
    follow()
    message.keep({"en": {"subject": "Corrected", "text": "t", "button": "", "link": ""}}, by="t")
    answer(workspace, profile=known(workspace, "Bea"), key="b")
    follow()
    send_due()
    assert [str(one["Subject"]) for one in inbox.mails] == ["Sorry, Ann", "Corrected"]


def test_a_playbook_whose_message_is_retired_goes_on_but_cannot_be_switched_on(
    workspace: Workspace, inbox: Inbox, message: MessageTemplate
) -> None:
    inbox.account(workspace)
    plan, boss = playbook(workspace, {"do": "write", "template": message.pk}), signed_in(member(workspace, Role.ADMIN))
    boss.post(f"/campaigns/messages/{message.pk}/retirement")
    answer(workspace, profile=known(workspace, "Ann"))
    follow()
    assert send_due() == 1
    page = boss.get(f"/playbooks/{plan.pk}").content.decode()
    assert "Write “Sorry” by e-mail, which is retired" in page and "the message “Sorry” is retired. Choose another." in page
    assert "the message “Sorry” is retired" in boss.get(f"/playbooks/{plan.pk}/rules/0").content.decode()
    tried = boss.get(f"/playbooks/{plan.pk}/trial").content.decode()
    assert "Write “Sorry” by e-mail, which is retired" in tried and "is retired. Choose another." in tried
    plan.switch_off(by="t", now=timezone.now())
    with pytest.raises(NotReady, match="Step 1: the message “Sorry” is retired"):
        Playbook.objects.get().switch_on(by="t", now=timezone.now())
    assert "is retired. Choose another." in boss.post(f"/playbooks/{plan.pk}/switch", follow=True).content.decode()
    assert not Playbook.objects.get().running


def test_it_goes_by_the_way_of_the_message_whatever_the_step_says(workspace: Workspace) -> None:
    fill(workspace.pk, actor="t")
    words = {"subject": "", "text": "We call you.", "button": "", "link": "https://halcyon.example/when"}
    made = template(workspace, "Short", channel="SMS", languages={"en": words})
    (phoned,) = resolve_alone(workspace.pk, "phone", ["+41791234567"])
    playbook(workspace, {"do": "write", "template": made.pk, "channel": "e-mail"})
    for who in (phoned, known(workspace, "Ann")):
        answer(workspace, profile=who, key=str(who))
    follow()
    queued = Message.objects.get()
    content = WRITES.write(workspace.pk, [queued])[queued.pk]
    assert queued.channel == "SMS" and content and content.text == "We call you. https://halcyon.example/when"
    assert sorted(Deed.objects.values_list("told", flat=True)) == ["No address is known for SMS.", "Written."]


def test_the_step_is_chosen_on_its_page_and_words_typed_before_wait_in_the_form(workspace: Workspace, message: MessageTemplate) -> None:
    boss, plan = signed_in(member(workspace, Role.ADMIN)), playbook(workspace, on=False)
    body = {"kind": "answered", "when-metric": "ces", "when-op": "<=", "when-score": "3", "step-0-do": "write", "step-0-channel": "SMS",
            "step-0-purpose": "service", "step-0-text": "Typed before", "rest_days": "0", "hold_out": "0"}  # fmt: skip
    address = f"/playbooks/{plan.pk}/rules/0"
    redrawn = boss.post(address, body | {"step-0-template": str(message.pk)}, headers={"HX-Request": "true"}).content.decode()
    assert "Sorry (e-mail)" in redrawn and '<input type="hidden" name="step-0-text" value="Typed before">' in redrawn
    assert "choose again" in boss.post(address, body | {"step-0-template": "987654", "save": "1"}).content.decode()
    boss.post(address, body | {"step-0-template": str(message.pk), "save": "1"})
    step = Playbook.objects.get().version.read[0].then[0]
    assert (step.template, step.text, step.purpose) == (message.pk, "", "service")
    assert "Write “Sorry” by e-mail" in boss.get(f"/playbooks/{plan.pk}").content.decode()


@pytest.mark.parametrize(
    ("step", "said"),
    [({}, "Step 1: Write what is to be said."), ({"template": 1, "text": "x"}, "Step 1: Either a message of Campaigns or words of its own.")],
)
def test_a_step_says_one_thing(step: dict[str, object], said: str) -> None:
    with pytest.raises(BadRule, match=said):
        read({"when": HARD, "then": [{"do": "write", **step}]})


def test_who_is_erased_is_not_written_to(workspace: Workspace, inbox: Inbox, message: MessageTemplate) -> None:
    inbox.account(workspace)
    playbook(workspace, {"do": "write", "template": message.pk})
    who = known(workspace, "Ann")
    answer(workspace, profile=who)
    follow()
    carry_out(ask(workspace.pk, [who], by="dpo@x.example"), now=timezone.now())
    assert send_due() == 0 and not inbox.mails and not Deed.objects.exists() and not Message.objects.exists()

"""Before a message is sent to many it is read as one of them would, and sent to whoever wrote it."""

from __future__ import annotations

import pytest

from regard.customers.people.models import Profile
from regard.outreach.campaigns.tests.made import people, template
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.tests.test_texting import account
from regard.testing.people import member, signed_in
from regard.testing.texts import Provider, texts
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace

__all__ = ["texts"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables(ledger: object) -> None:
    """The ledger, empty."""


def test_it_is_read_as_a_customer_reads_it_in_their_language(workspace: Workspace) -> None:
    who = people(workspace, 2)
    Profile.objects.filter(pk=who[0]).update(name="Ana <i>", traits={"language": "fr", "plan": "Pro"})
    made = template(workspace, languages={
        "en": {"subject": "Hi", "text": "Dear {{ name }}"}, "fr": {"subject": "Bonjour", "text": "Salut {{ name }}, vous avez {{ trait:plan }}."},
    })  # fmt: skip
    admin = signed_in(member(workspace, Role.ADMIN))
    for sought in (str(who[0]), "p0@mail.example", "Ana"):
        preview = admin.get(f"/campaigns/messages/{made.pk}/preview", {"reader": sought}).content.decode()
        assert "Salut Ana &lt;i&gt;, vous avez Pro." in preview, sought
    page = admin.get(f"/campaigns/messages/{made.pk}", {"reader": "p0@mail.example", "width": "phone"}).content.decode()
    assert "As Ana &lt;i&gt; reads it" in page and 'class="mail phone"' in page and "reader=p0%40mail.example&amp;width=phone" in page
    assert "No such customer" in admin.get(f"/campaigns/messages/{made.pk}", {"reader": "nobody@mail.example"}).content.decode()


def test_nobody_reads_as_a_customer_of_another_company(workspace: Workspace) -> None:
    other = Workspace.found(name="Other", industry="telecom", time_zone="UTC", currency="EUR")
    (theirs,) = people(other, 1)
    Profile.objects.filter(pk=theirs).update(name="Secret")
    made = template(workspace, text="Dear {{ name }}")
    page = signed_in(member(workspace, Role.ADMIN)).get(f"/campaigns/messages/{made.pk}", {"reader": str(theirs)}).content.decode()
    assert "Secret" not in page and "No such customer" in page


def test_a_text_is_sent_to_a_number_to_try_it_and_what_goes_wrong_is_said(workspace: Workspace, texts: Provider) -> None:
    made = template(workspace, channel="SMS", languages={"en": {"text": "Hi {{ name }}", "subject": "", "button": "", "link": "https://x.example/a"}})
    admin, address = signed_in(member(workspace, Role.ADMIN)), f"/campaigns/messages/{made.pk}/test"

    def said(number: str) -> str:
        return str(admin.post(address, {"to": number}, follow=True).content.decode())

    assert "not set up yet" in said("+33612345678")
    account(workspace, texts)
    typed = said("061234")
    assert "with its country" in typed and 'value="061234"' in typed and not texts.texts
    assert "Sent to +33612345678" in said("+33 6 12 34 56 78")
    (text,) = texts.texts
    assert text["To"] == "+33612345678" and text["Body"] == "Hi Inès Moreau https://x.example/a"
    assert PhoneAccount.objects.get().tested
    texts.answer = lambda given: (401, 20003)
    assert "Sent to" not in said("+33612345678") and PhoneAccount.objects.get().trouble

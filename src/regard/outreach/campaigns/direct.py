"""A colleague writes to one customer, in their own words or beginning with a message that is written already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from regard.customers.contact.channels import Channel
from regard.customers.contact.claim_contact import claim_contact, log_contacts
from regard.customers.contact.log.models import Sender
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.public.links import links_to_unsubscribe
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.verdict import Outcome as Said
from regard.customers.contact.verdict import Verdict
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import Profile
from regard.outreach.campaigns.models import Direct
from regard.outreach.messages.models import Addressed, Message, queue
from regard.outreach.messages.piped import piped
from regard.outreach.messages.senders import Content, Outcome, SenderKind
from regard.outreach.templates.models import BY, MessageTemplate
from regard.outreach.templates.write import Reader, written
from regard.workspace.members.middleware import RegardRequest

SENDER = "direct"


class DirectForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("Sent by"), choices=BY)
    purpose = forms.ModelChoiceField(
        Purpose.objects.none(), label=gettext_lazy("For"), empty_label=None, help_text=gettext_lazy("Whether they may be written to depends on it.")
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), required=False, max_length=200)
    text = forms.CharField(label=gettext_lazy("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(self, *args: Any, workspace: int, **more: Any) -> None:
        super().__init__(*args, **more)
        purpose = self.fields["purpose"]
        assert isinstance(purpose, forms.ModelChoiceField)
        purpose.queryset = Purpose.objects.filter(workspace=workspace, retired=None)
        self.initial.setdefault("purpose", purpose.queryset.filter(key="service").first())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("channel") == Channel.EMAIL and not given.get("subject"):
            self.add_error("subject", ValidationError(_("An e-mail needs a subject.")))
        return given


def write(request: RegardRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request.scope, pk)
    profile = Profile.objects.get(pk=customer.id)
    template = _template(request)
    language = template.version.words_for(profile.traits)["language"] if template else get_language() or "en"
    form = DirectForm(request.POST or None, workspace=request.workspace.pk, initial=_begun(request, template, profile))
    if request.method == "POST" and form.is_valid():
        verdict = send(profile, by=request.user.email, now=timezone.now(), language=language, **form.cleaned_data)
        if verdict.outcome is not Said.REFUSED:
            messages.success(request, _("It is on its way.") if verdict.allowed else _("It goes out as soon as they may be written to."))
            return redirect("customers:show", customer.id)
        form.add_error(None, verdict.sentence)
    now = timezone.now()
    reached = {
        str(label): may_contact(request.workspace.pk, [customer.id], purpose="service", channel=channel, now=now, counted=False)[0].sentence
        for channel, label in BY
    } if Purpose.objects.filter(workspace=request.workspace, key="service", retired=None).exists() else {}  # fmt: skip
    offered = MessageTemplate.objects.filter(workspace=request.workspace, retired=None)
    context = {
        "customer": customer, "form": form, "templates": offered, "template": template, "reached": reached
    }  # fmt: skip
    return render(request, "outreach/campaigns/direct.html", context)


def _template(request: RegardRequest) -> MessageTemplate | None:
    chosen = request.GET.get("template", "")
    if not chosen.isdecimal() or len(chosen) > 9:
        return None
    return MessageTemplate.objects.filter(pk=int(chosen), workspace=request.workspace, retired=None).first()


def _begun(request: RegardRequest, template: MessageTemplate | None, profile: Profile) -> dict[str, object]:
    """What it begins with: a message in their language, with what is known of them in it."""
    if template is None:
        return {}
    words = template.version.words_for(profile.traits)
    values = Reader(profile.name, profile.traits).values(request.workspace)
    text = "\n\n".join(filter(None, [piped(words["text"], values), words.get("link", "")]))
    return {"channel": template.channel, "subject": piped(words.get("subject", ""), values), "text": text}


@transaction.atomic
def send(profile: Profile, *, channel: str, purpose: Purpose, subject: str, text: str, by: str, now: datetime, language: str) -> Verdict:
    """Where the contact policy lets it; what it says otherwise is in the verdict, and nothing is kept."""
    sender = Sender("direct", by)
    (verdict,) = claim_contact(profile.workspace_id, [profile.pk], purpose=purpose.key, channel=channel, now=now, sender=sender)
    if verdict.outcome is Said.REFUSED:
        return verdict
    made = Direct.objects.create(
        workspace_id=profile.workspace_id, profile_id=verdict.customer, purpose=purpose, channel=channel, language=language,
        subject=" ".join(subject.split()), text=text.replace("\0", "").strip(), by=by, at=now,
    )  # fmt: skip
    due = verdict.until if verdict.outcome is Said.DELAYED and verdict.until else now
    address = verdict.address or _address(profile.workspace_id, verdict.customer, purpose, channel, due)
    if due > now:  # others are to know of it then
        log_contacts(purpose, [(verdict.customer, address)], channel=channel, at=due, sender=sender)
    queue(profile.workspace_id, [Addressed(verdict.customer, channel, address, made.pk)], sender_kind=SENDER, due=due)
    return verdict


def _address(workspace: int, customer: int, purpose: Purpose, channel: str, due: datetime) -> str:
    """Of one who may be written to later."""
    (verdict,) = may_contact(workspace, [customer], purpose=purpose.key, channel=channel, now=due, counted=False)
    return verdict.address


def _said(one: Direct, message: Message, now: datetime) -> Said:
    """Asked again when it goes out: they may have said no since, or it is quiet there now."""
    try:
        (verdict,) = may_contact(
            one.workspace_id, [message.profile_id], purpose=one.purpose.key, channel=message.channel, now=now, address=message.address, counted=False
        )
    except UnknownPurpose:
        return Said.REFUSED
    return verdict.outcome


def _written(workspace: int, messages: Sequence[Message]) -> Mapping[int, Content | None]:
    now = timezone.now()
    related = Direct.objects.select_related("workspace", "profile__merged_into", "purpose")
    found = related.filter(workspace=workspace).in_bulk([one.sender_id for one in messages])
    contents: dict[int, Content | None] = {}
    for message in messages:
        one = found.get(message.sender_id)
        said = _said(one, message, now) if one else Said.REFUSED
        if one is None or said is Said.REFUSED:
            contents[message.pk] = None
            continue
        if said is Said.DELAYED:
            continue
        customer, link = one.profile.merged_into or one.profile, ""
        if one.purpose.can_be_refused and message.channel == Channel.EMAIL:
            link = links_to_unsubscribe(workspace, [message.profile_id], purpose=one.purpose, channel=message.channel)[message.profile_id]
        words = {"language": one.language, "subject": one.subject, "text": one.text, "link": "", "button": ""}
        contents[message.pk] = written(one.workspace, words, Reader(customer.name, {}), channel=message.channel, unsubscribe=link)
    return contents


def _about(workspace: int, messages: Sequence[Message]) -> Mapping[int, str]:
    subjects = dict(Direct.objects.filter(pk__in=[one.sender_id for one in messages]).values_list("pk", "subject"))
    return {one.pk: subjects.get(one.sender_id, "") or _("Message of a colleague") for one in messages}


_TOLD = {
    Outcome.SENT: "sent", Outcome.DROPPED: "not sent", Outcome.DELIVERED: "delivered", Outcome.OPENED: "opened", Outcome.SOFT: "came back",
    Outcome.HARD: "came back", Outcome.COMPLAINED: "unwanted",
}  # fmt: skip


def _told(messages: Sequence[Message], outcome: Outcome, now: datetime) -> None:
    Direct.objects.filter(pk__in=[one.sender_id for one in messages]).update(told=_TOLD[outcome])


DIRECTS = SenderKind(_written, _about, _told)

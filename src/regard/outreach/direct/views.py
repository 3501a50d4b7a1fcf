"""A colleague writes to one customer, in their own words or beginning with a message that is written already."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.verdict import Outcome as Said
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import Profile
from regard.outreach.direct.forms import DirectForm
from regard.outreach.direct.send import send
from regard.outreach.messages.piped import piped
from regard.outreach.templates.models import BY, MessageTemplate
from regard.outreach.templates.write import Reader
from regard.workspace.members.middleware import RegardRequest


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
    return render(request, "outreach/direct/write.html", context)


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

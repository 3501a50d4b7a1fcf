from __future__ import annotations

import re
from collections.abc import Mapping

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from regard.customers.contact.channels import Channel
from regard.customers.people.find import customer_or_404
from regard.outreach.mail.try_out import NotSent, send_test
from regard.outreach.messages.senders import Content
from regard.outreach.phone.length import length_of
from regard.outreach.templates.forms import LanguagesForm, TemplateForm
from regard.outreach.templates.models import MessageTemplate
from regard.outreach.templates.write import Reader, written
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest

_TRAIT = re.compile(r"\{\{\s*trait:([^{}]{1,80}?)\s*\}\}")


def index(request: RegardRequest) -> HttpResponse:
    found = MessageTemplate.objects.filter(workspace=request.workspace, retired=None)
    return render(request, "outreach/templates/index.html", {"templates": [(one, one.version) for one in found]})


@csp_update({"frame-src": [SELF]})  # type: ignore[untyped-decorator]
def edit(request: RegardRequest, pk: int = 0) -> HttpResponse:
    template = _find(request, pk) if pk else MessageTemplate(workspace=request.workspace)
    languages = template.version.languages if pk else [{"language": request.user.language or "en"}]
    form = TemplateForm(request.POST or None, instance=template)
    words = LanguagesForm(request.POST or None, initial=languages)
    words.channel = request.POST.get("channel", template.channel) if not pk else template.channel
    if request.method == "POST" and all([form.is_valid(), words.is_valid()]):
        form.instance.keep({one.pop("language"): one for one in words.languages}, by=request.user.email)
        messages.success(request, _("Saved. What is on its way keeps its words."))
        return redirect("templates:edit", form.instance.pk)
    context: dict[str, object] = {"form": form, "words": words, "template": MessageTemplate.objects.filter(pk=pk).first()}
    if pk:
        context |= _shown(request, template)
    return render(request, "outreach/templates/edit.html", context)


def _shown(request: RegardRequest, template: MessageTemplate) -> dict[str, object]:
    version = template.version
    spoken = [one["language"] for one in version.languages]
    language = request.GET.get("language", "")
    words = version.languages[spoken.index(language)] if language in spoken else version.languages[0]
    content = written(request.workspace, words, _somebody(words), channel=template.channel)
    return {
        "version": version, "spoken": spoken, "language": words["language"], "content": content,
        "length": None if template.channel == Channel.EMAIL else length_of(content.text),
    }  # fmt: skip


@xframe_options_sameorigin
@csp_replace({"style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]})  # type: ignore[untyped-decorator]
def preview(request: RegardRequest, pk: int) -> HttpResponse:
    """The message as it is sent, for the frame on its page. Links in it lead nowhere."""
    content = _content(request, _find(request, pk))
    if not content.html:
        raise Http404
    return HttpResponse(content.html)


def _somebody(words: Mapping[str, str]) -> Reader:
    """Who reads a preview where no customer is named: what would be known of them stands there by its name."""
    return Reader("Inès Moreau", {name: f"⟨{name}⟩" for name in _TRAIT.findall(" ".join(words.values()))})


def _content(request: RegardRequest, template: MessageTemplate) -> Content:
    language, asked_for = request.GET.get("language", ""), request.GET.get("customer", "")
    version = template.version
    words = next((one for one in version.languages if one["language"] == language), version.languages[0])
    reader = _somebody(words)
    if asked_for.isdecimal() and len(asked_for) < 19:
        customer = customer_or_404(request.scope, int(asked_for))
        reader = Reader(customer.name, customer.traits)
        words = version.words_for(customer.traits)
    return written(request.workspace, words, reader, channel=template.channel, unsubscribe="#")


@require_POST
def trial(request: RegardRequest, pk: int) -> HttpResponse:
    """To the member's own address, now."""
    template = _find(request, pk)
    if template.channel != Channel.EMAIL:
        raise Http404
    try:
        send_test(request.workspace.pk, request.user.email, _content(request, template))
    except NotSent as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Sent to %(to)s. Look into the mailbox, and under junk.") % {"to": request.user.email})
    return redirect("templates:edit", pk)


@require_POST
def retire(request: RegardRequest, pk: int) -> HttpResponse:
    """No new campaign or playbook sends it; those that do go on."""
    template = _find(request, pk)
    template.retired = timezone.now()
    template.save(update_fields=["retired"])
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="message_template.retired", subject=template.name)
    messages.success(request, _("%(name)s is retired.") % {"name": template.name})
    return redirect("templates:index")


def _find(request: RegardRequest, pk: int) -> MessageTemplate:
    return get_object_or_404(MessageTemplate, pk=pk, workspace=request.workspace, retired=None)

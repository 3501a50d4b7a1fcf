from __future__ import annotations

from urllib.parse import urlencode

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from regard.customers.contact.channels import Channel
from regard.outreach.mail.try_out import NotSent, send_test
from regard.outreach.phone.forms import TrialForm
from regard.outreach.phone.length import length_of
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.try_out import try_text
from regard.outreach.templates.forms import LanguagesForm, TemplateForm
from regard.outreach.templates.models import MessageTemplate
from regard.outreach.templates.seen import seen
from regard.warehouse.scope import Scope
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest

#: A number that a test did not reach, in the session.
_TYPED = "templates.to"


def index(request: RegardRequest) -> HttpResponse:
    found = MessageTemplate.objects.filter(workspace=request.workspace, retired=None)
    return render(request, "outreach/templates/index.html", {"templates": [(one, one.version) for one in found]})


@csp_update({"frame-src": [SELF]})  # type: ignore[untyped-decorator]
def edit(request: RegardRequest, pk: int = 0) -> HttpResponse:
    template = _find(request, pk) if pk else MessageTemplate(workspace=request.workspace)
    languages = template.version.languages if pk else [{"language": request.user.language or "en"}]
    form = TemplateForm(request.POST or None, instance=template)
    words = LanguagesForm(request.POST or None, initial=languages)
    words.scope = Scope(request.workspace.pk)
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
    looked = seen(request, template, scope=request.scope)
    return {
        "version": template.version, "spoken": [one["language"] for one in template.version.languages], "seen": looked,
        "to": request.session.pop(_TYPED, ""), "narrow": request.GET.get("width") == "phone",
        "length": None if template.channel == Channel.EMAIL else length_of(looked.content.text),
    }  # fmt: skip


@xframe_options_sameorigin
@csp_replace({"style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF]})  # type: ignore[untyped-decorator]
def preview(request: RegardRequest, pk: int) -> HttpResponse:
    """The message as it is sent, for the frame on its page. Links in it lead nowhere."""
    content = seen(request, _find(request, pk), scope=request.scope).content
    if not content.html:
        raise Http404
    return HttpResponse(content.html)


@require_POST
def trial(request: RegardRequest, pk: int) -> HttpResponse:
    """Now: an e-mail to the member's own address, a text to a number that they give."""
    template = _find(request, pk)
    content = seen(request, template, scope=request.scope).content
    to, form = request.user.email, TrialForm(request.POST)
    try:
        if template.channel == Channel.EMAIL:
            send_test(request.workspace.pk, to, content)
        elif form.is_valid():
            to = form.cleaned_data["to"]
            _text(request, template.channel, to, content.text)
        else:
            raise NotSent(" ".join(str(one) for one in form.errors["to"]))
    except NotSent as problem:
        messages.error(request, str(problem))
        request.session[_TYPED] = request.POST.get("to", "")[:40]  # still there when the page comes again
    else:
        messages.success(request, _("Sent to %(to)s. Look whether it arrives.") % {"to": to})
    back = {name: value for name in ("language", "reader", "width") if (value := request.GET.get(name))}
    return redirect(f"{reverse('templates:edit', args=[pk])}?{urlencode(back)}")


def _text(request: RegardRequest, channel: str, to: str, text: str) -> None:
    """Raises NotSent."""
    account = PhoneAccount.objects.filter(workspace=request.workspace, channel=channel).first()
    if account is None:
        raise NotSent(_("Sending texts is not set up yet: do that under Settings first."))
    if refused := try_text(account, to, text, by=request.user.email):
        raise NotSent(refused)


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

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.contact.channels import Channel
from regard.outreach.phone.carry import hook_of
from regard.outreach.phone.forms import PhoneForm, TrialForm
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.provider import PROVIDERS
from regard.outreach.phone.try_out import try_text
from regard.workspace.members.middleware import RegardRequest

#: In the address of the page → the channel.
CHANNELS = {"sms": Channel.SMS, "whatsapp": Channel.WHATSAPP}


def show(request: RegardRequest, kind: str) -> HttpResponse:
    """How texts go out, and whether they do."""
    account = PhoneAccount.objects.filter(workspace=request.workspace, channel=_channel(kind)).first()
    form = _form(request, kind, account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.provider, made.settings = form.service.name, form.chosen
        made.keep(by=request.user.email)
        messages.success(request, _("Saved. Send yourself a test to see whether it arrives."))
        return redirect("phone:show", kind)
    return _page(request, kind, account, form, TrialForm())


@require_POST
def trial(request: RegardRequest, kind: str) -> HttpResponse:
    """A text to one number, now, so that whoever sets it up sees what goes wrong."""
    account = get_object_or_404(PhoneAccount, workspace=request.workspace, channel=_channel(kind))
    form = TrialForm(request.POST)
    if not form.is_valid():
        return _page(request, kind, account, _form(request, kind, account), form)
    text = _("A test from %(workspace)s. If you can read it, texts go out.") % {"workspace": request.workspace.name}
    refused = try_text(account, form.cleaned_data["to"], text, by=request.user.email)
    if refused:
        messages.error(request, refused)
    else:
        messages.success(request, _("Handed over for %(to)s. Look at that phone.") % {"to": form.cleaned_data["to"]})
    return redirect("phone:show", kind)


def _channel(kind: str) -> str:
    if kind not in CHANNELS:
        raise Http404
    return CHANNELS[kind]


def _form(request: RegardRequest, kind: str, account: PhoneAccount | None, given: QueryDict | None = None) -> PhoneForm:
    way = next(iter(PROVIDERS))
    known = account or PhoneAccount(workspace=request.workspace, channel=_channel(kind), provider=way)
    return PhoneForm(given, instance=known, way=known.provider)


def _page(request: RegardRequest, kind: str, account: PhoneAccount | None, form: PhoneForm, trial: TrialForm) -> HttpResponse:
    context = {
        "account": account, "form": form, "trial": trial, "kind": kind, "channels": CHANNELS, "channel": Channel(_channel(kind)).label,
        "hook": hook_of(account) if account else "",
    }  # fmt: skip
    return render(request, "outreach/phone/show.html", context)

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.outreach.mail.forms import WAYS, MailForm, TrialForm
from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.providers import INSTANCE, PROVIDERS, SMTP
from regard.outreach.mail.try_out import NotSent, send_test
from regard.outreach.messages.senders import Content
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


def show(request: RegardRequest) -> HttpResponse:
    """How mail goes out, and whether it does."""
    account = MailAccount.objects.filter(workspace=request.workspace).first()
    form = _form(request, account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.kind, made.settings = form.way, form.chosen
        made.keep(by=request.user.email)
        messages.success(request, _("Saved. Send yourself a test to see whether it arrives."))
        return redirect("mail:show")
    return _page(request, account, form, TrialForm(initial={"to": request.user.email}))


def _form(request: RegardRequest, account: MailAccount | None, given: QueryDict | None = None) -> MailForm:
    asked = request.GET.get("way", "")
    way = asked if asked in WAYS else account.kind if account else SMTP
    known = account or MailAccount(workspace=request.workspace, kind=way, sender_name=request.workspace.name)
    return MailForm(given, instance=known, way=way)


@require_POST
def trial(request: RegardRequest) -> HttpResponse:
    """A message to one address, now, so that whoever sets it up sees what goes wrong."""
    account = get_object_or_404(MailAccount, workspace=request.workspace)
    form = TrialForm(request.POST)
    if not form.is_valid():
        return _page(request, account, _form(request, account), form)
    said = _("This test was sent by %(member)s. If you can read it, mail goes out.") % {"member": request.user.email}
    content = Content(text=said, subject=_("A test from %(workspace)s") % {"workspace": request.workspace.name})
    try:
        send_test(request.workspace.pk, form.cleaned_data["to"], content)
    except NotSent as problem:
        account.trouble = str(problem)
    else:
        account.trouble, account.tested = "", timezone.now()
    account.save(update_fields=["trouble", "tested"])
    AuditEntry.write(
        request.workspace.pk,
        actor=request.user.email,
        action="mail.tested",
        subject=account.kind,
        worked=not account.trouble,
    )
    if account.trouble:
        messages.error(request, account.trouble)
    else:
        messages.success(
            request, _("Sent to %(to)s. Look into the mailbox, and under junk.") % {"to": form.cleaned_data["to"]}
        )
    return redirect("mail:show")


def _page(request: RegardRequest, account: MailAccount | None, form: MailForm, trial: TrialForm) -> HttpResponse:
    hook = ""
    if account is not None:
        route = "mail:report" if account.kind in PROVIDERS else "mail:returned"
        hook = f"{settings.PUBLIC_URL}{reverse(route, args=[account.hook])}"
    context = {
        "account": account, "form": form, "trial": trial, "ways": WAYS, "hook": hook, "reports": account is not None and account.kind in PROVIDERS,
        "console": form.way == INSTANCE and "console" in settings.EMAIL_BACKEND, "instance": form.way == INSTANCE,
    }  # fmt: skip
    return render(request, "outreach/mail/show.html", context)

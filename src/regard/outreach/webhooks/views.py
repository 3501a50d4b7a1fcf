from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard import outbound
from regard.outreach.webhooks.deliver import NotTaken, refuse_unfit, send
from regard.outreach.webhooks.models import Delivery, Endpoint, Kind, new_secret
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest

_PER_PAGE = 50


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Endpoint
        fields = ["name", "kind", "url"]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            refuse_unfit(url)
        except outbound.Refused as problem:
            raise ValidationError(str(problem)) from None
        return url


def index(request: RegardRequest) -> HttpResponse:
    """Addresses that playbooks can tell of things."""
    form = EndpointForm(request.POST or None, instance=Endpoint(workspace=request.workspace))
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        if made.kind != Kind.SYSTEM:
            made.settings, made.url = {"url": made.url}, ""
            made.keep(by=request.user.email)
            return redirect("webhooks:show", made.pk)
        secret = new_secret()
        made.settings = {"secret": secret}
        made.keep(by=request.user.email)
        return _show(request, made, secret=secret)
    found = Endpoint.objects.filter(workspace=request.workspace, removed=None)
    return render(request, "outreach/webhooks/index.html", {"endpoints": found, "form": form})


def show(request: RegardRequest, pk: int) -> HttpResponse:
    return _show(request, _find(request, pk))


def _show(request: RegardRequest, endpoint: Endpoint, **more: Any) -> HttpResponse:
    page = Paginator(endpoint.deliveries.order_by("-pk"), _PER_PAGE).get_page(request.GET.get("page"))
    answer = render(request, "outreach/webhooks/show.html", {"endpoint": endpoint, "page": page, **more})
    if more:
        answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def act(request: RegardRequest, pk: int) -> HttpResponse:
    """Try it, make another secret, deliver one again, or tell it no more."""
    endpoint, now = _find(request, pk), timezone.now()
    match request.POST.get("act", ""):
        case "trial":
            try:
                text = _("A test by %(who)s.") % {"who": request.user.email}
                send(endpoint, f"trial/{endpoint.pk}/{now.timestamp():.0f}", "trial", {"by": request.user.email, "text": text})
            except NotTaken as problem:
                Endpoint.objects.filter(pk=pk).update(trouble=str(problem)[:300])
                messages.error(request, str(problem))
            else:
                Endpoint.objects.filter(pk=pk).update(trouble="", tested=now)
                messages.success(request, _("It was taken."))
        case "secret" if endpoint.kind == Kind.SYSTEM:
            secret = new_secret()
            endpoint.settings = {"secret": secret}
            endpoint.save(update_fields=["sealed"])
            AuditEntry.write(request.workspace.pk, actor=request.user.email, action="webhook.secret", subject=endpoint.name)
            return _show(request, endpoint, secret=secret)
        case "again":
            chosen = request.POST.get("delivery", "")
            again = endpoint.deliveries.filter(pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
            again.update(due=now, delivered=None, given_up=None, attempts=0, leased=None)
            messages.success(request, _("It is delivered again within a minute, under the same id."))
        case "remove":
            endpoint.removed = now
            endpoint.save(update_fields=["removed"])
            AuditEntry.write(request.workspace.pk, actor=request.user.email, action="webhook.removed", subject=endpoint.name)
            messages.success(request, _("%(name)s is told nothing any more.") % {"name": endpoint.name})
            return redirect("webhooks:index")
    return redirect("webhooks:show", pk)


def body(request: RegardRequest, pk: int, delivery: int) -> HttpResponse:
    """What was sent, word for word."""
    found = get_object_or_404(Delivery, pk=delivery, endpoint=_find(request, pk))
    return render(request, "outreach/webhooks/body.html", {"endpoint": found.endpoint, "delivery": found})


def _find(request: RegardRequest, pk: int) -> Endpoint:
    return get_object_or_404(Endpoint, pk=pk, workspace=request.workspace, removed=None)

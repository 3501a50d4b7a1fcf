"""The pages of what is sent back. Whoever opens one of a destination sees customers' data, and decides where it goes: owners."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regard.connectors.taps.sealed import Unreadable
from regard.connectors.writeback import jobs, sftp
from regard.connectors.writeback.folder import flat
from regard.connectors.writeback.forms import DestinationForm
from regard.connectors.writeback.models import KEEP_DAYS, Delivery, Destination, NotNow
from regard.connectors.writeback.queries import customers_after, destinations_of, rows_of
from regard.connectors.writeback.webhook import NotTaken
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.signin.still_you import still_you

_FIRST = 5


def index(request: RegardRequest) -> HttpResponse:
    context = {"listed": destinations_of(request.workspace.pk), "may_own": request.member.may(Right.OWN)}
    return render(request, "connectors/writeback/index.html", context)


@never_cache
@still_you
def new(request: RegardRequest) -> HttpResponse:
    draft = Destination(workspace=request.workspace, owner=request.user.email)
    ways = dict(Destination.Kind.choices)
    way = request.GET.get("kind", "")
    form = DestinationForm(request.POST or None, instance=draft, kind=way if way in ways else Destination.Kind.WEBHOOK)
    if request.method != "POST" or not form.is_valid():
        return render(request, "connectors/writeback/edit.html", {"form": form, "ways": ways})
    made = form.made()
    if made.kind == Destination.Kind.SFTP:
        made.seal_account(form.account)
        made.keep(by=request.user.email)
        return redirect("writeback:host_key", made.pk)
    if made.kind != Destination.Kind.WEBHOOK:
        made.keep(by=request.user.email)
        return redirect("writeback:show", made.pk)
    secret = made.seal(url=form.cleaned_data["url"])
    made.keep(by=request.user.email)
    return render(request, "connectors/writeback/secret.html", {"found": made, "secret": secret})


@still_you
def edit(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    form = DestinationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        made = form.made()
        try:
            if made.kind == Destination.Kind.SFTP:
                made.seal_account(form.account)
            elif form.cleaned_data.get("url"):
                made.seal(url=form.cleaned_data["url"])
        except Unreadable:
            messages.error(request, _unreadable(made))
            return redirect("writeback:show", pk)
        made.keep(by=request.user.email)
        messages.success(request, _("Saved. Who looks different now is sent with the next delivery."))
        return redirect(
            "writeback:host_key" if made.kind == Destination.Kind.SFTP and not made.host_key else "writeback:show", pk
        )
    return render(request, "connectors/writeback/edit.html", {"form": form, "found": found})


@never_cache
@still_you
def secret(request: RegardRequest, pk: int) -> HttpResponse:
    """Another one. The old one signs too, until it is retired."""
    found = get_object_or_404(Destination, pk=pk, workspace=request.workspace, kind=Destination.Kind.WEBHOOK)
    if request.method == "POST":
        try:
            shown = found.renew_secret(by=request.user.email)
        except NotNow as refusal:
            messages.error(request, str(refusal))
            return redirect("writeback:show", pk)
        return render(request, "connectors/writeback/secret.html", {"found": found, "secret": shown})
    question = Confirm(
        title=_("Make a new secret for %(name)s?") % {"name": found},
        act=_("New secret"), keep=_("Keep the old one"), back=reverse("writeback:show", args=[pk]), crumb=found.name,
        texts=(
            _("From then on everything is signed with both, so that whoever checks the old one goes on."),
            _("When the other side has the new one, retire the old."),
        ),
    )  # fmt: skip
    return ask(request, question)


@still_you
def old_secret(request: RegardRequest, pk: int) -> HttpResponse:
    """It signs nothing from now on."""
    found = get_object_or_404(Destination, pk=pk, workspace=request.workspace, kind=Destination.Kind.WEBHOOK)
    if request.method == "POST" and found.two_sign:
        found.retire_secret(by=request.user.email)
        messages.success(request, _("Only the new secret signs now."))
    if request.method == "POST" or not found.two_sign:
        return redirect("writeback:show", pk)
    question = Confirm(
        title=_("Retire the old secret of %(name)s?") % {"name": found},
        act=_("Retire it"), keep=_("Keep both"), back=reverse("writeback:show", args=[pk]), crumb=found.name,
        texts=(_("From then on only the new one signs: whoever still checks the old one refuses what comes."),),
    )  # fmt: skip
    return ask(request, question)


@never_cache
@still_you
def host_key(request: RegardRequest, pk: int) -> HttpResponse:
    """The key that the server shows, for somebody to confirm: what was on the page is what is pinned."""
    found = get_object_or_404(Destination, pk=pk, workspace=request.workspace, kind=Destination.Kind.SFTP)
    shown, problem = "", ""
    try:
        if request.method == "POST":
            told = sftp.fingerprint(request.POST.get("key", "")[:5_000])
            found.trust(request.POST["key"].strip(), fingerprint=told, by=request.user.email)
            messages.success(request, _("From now on the server must prove this key."))
            return redirect("writeback:show", pk)
        shown = sftp.host_key_of(found.account)
    except (NotTaken, Unreadable) as refusal:
        problem = str(refusal)
    context = {
        "found": found, "shown": shown, "problem": problem, "fingerprint": sftp.fingerprint(shown) if shown else "",
        "pinned": _fingerprint(found), "same": bool(shown) and shown == found.host_key,
    }  # fmt: skip
    return render(request, "connectors/writeback/host_key.html", context)


@require_POST
def trial(request: RegardRequest, pk: int) -> HttpResponse:
    """Log in, write a small file and take it away again."""
    found = get_object_or_404(Destination, pk=pk, workspace=request.workspace, kind=Destination.Kind.SFTP)
    found.audit("tried", by=request.user.email)
    try:
        sftp.try_out(found.account, found.host_key)
        messages.success(request, _("It works: a small file was written there and taken away again."))
    except (NotTaken, Unreadable) as problem:
        messages.error(request, str(problem))
    return redirect("writeback:show", pk)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    first = [flat(row) for row in rows_of(found, customers_after(found, 0, limit=_FIRST).customers)]
    page = Paginator(found.deliveries.prefetch_related("batches"), 20).get_page(request.GET.get("page", "1"))
    context = {
        "found": found,
        "open": found.open_delivery,
        "last": found.deliveries.filter(erasures_only=False).first(),
        "farewells": found.farewells.count(),
        "page": page,
        "first": first,
        "fingerprint": _fingerprint(found),
    }
    return render(request, "connectors/writeback/show.html", context)


@still_you
def switch(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if request.method == "POST":
        found.switch(request.POST.get("on") == "1", by=request.user.email)
    return redirect("writeback:show", pk)


@require_POST
def send(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    try:
        jobs.begin(found, by=request.user.email)
        found.audit("sent", by=request.user.email)
        messages.success(request, _("It is being sent."))
    except NotNow as refusal:
        messages.error(request, str(refusal))
    return redirect("writeback:show", pk)


@require_POST
def again(request: RegardRequest, pk: int, number: int) -> HttpResponse:
    found = get_object_or_404(Delivery.objects.select_related("destination"), pk=number, destination=_find(request, pk))
    try:
        jobs.again(found, by=request.user.email)
        messages.success(request, _("It is being sent again, under the same key."))
    except NotNow as refusal:
        messages.error(request, str(refusal))
    return redirect("writeback:show", pk)


@require_POST
def stop(request: RegardRequest, pk: int, number: int) -> HttpResponse:
    found = get_object_or_404(Delivery, pk=number, destination=_find(request, pk), ended=None)
    found.close(Delivery.Outcome.STOPPED, _("Stopped by %(who)s.") % {"who": request.user.email})
    found.destination.audit("stopped", by=request.user.email, delivery=found.pk)
    messages.info(request, _("It was stopped. Who was not reached is sent with the next delivery."))
    return redirect("writeback:show", pk)


@require_POST
def heed(request: RegardRequest, pk: int) -> HttpResponse:
    _find(request, pk).heed(by=request.user.email)
    return redirect("writeback:show", pk)


@still_you
def remove(request: RegardRequest, pk: int) -> HttpResponse:
    found = _find(request, pk)
    if request.method == "POST":
        found.remove(by=request.user.email)
        messages.success(request, _("%(name)s is removed.") % {"name": found})
        return redirect("writeback:index")
    question = Confirm(
        title=_("Remove %(name)s?") % {"name": found},
        act=_("Remove"), keep=_("Keep it"), back=reverse("writeback:show", args=[pk]), crumb=found.name,
        lost=(_("Its address and secret, its delivery log, and what Regard knows of who was sent there."),),
        texts=(_("What was sent stays where it is; files in the folder here go when they are %(days)s days old. This goes:") % {"days": KEEP_DAYS},),
    )  # fmt: skip
    return ask(request, question)


def _find(request: RegardRequest, pk: int) -> Destination:
    return get_object_or_404(Destination.objects.select_related("workspace", "segment"), pk=pk, workspace=request.workspace)  # fmt: skip


def _unreadable(found: Destination) -> str:
    if found.kind == Destination.Kind.SFTP:
        return _("Its password or key can no longer be read: give it anew.")
    return _("Its secret can no longer be read: make a new one, then change the address.")


def _fingerprint(found: Destination) -> str:
    """Of the key that was confirmed; without the extra nothing can be said of it."""
    return sftp.fingerprint(found.host_key) if found.host_key and sftp.installed() else ""

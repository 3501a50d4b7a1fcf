from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.identity.join import CannotJoin, join, keep_apart, take_apart
from regard.customers.identity.models import Identifier, Merge
from regard.customers.identity.queries import all_visible, questions, waiting, who_they_are
from regard.customers.identity.share import share
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import Profile
from regard.customers.search.queries import search
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

PER_PAGE = 10


def review(request: RegardRequest) -> HttpResponse:
    """Customers who may be one person: who decides sees why they are asked."""
    number = request.GET.get("page", "1")
    place = max(1, min(int(number), 10_000)) if number.isdecimal() and len(number) < 9 else 1
    found = questions(request.scope, limit=PER_PAGE + 1, offset=(place - 1) * PER_PAGE)
    context = {
        "questions": found[:PER_PAGE],
        "waiting": waiting(request.scope),
        "number": place,
        "more": len(found) > PER_PAGE,
        "may_configure": request.member.may(Right.CONFIGURE),
    }
    return render(request, "customers/identity/review.html", context)


@require_POST
def decide(request: RegardRequest) -> HttpResponse:
    """`same` joins the chosen customers, `apart` keeps them apart, `shared` says that the identifier tells nobody."""
    chosen = [int(one) for one in request.POST.getlist("customer") if one.isdecimal() and len(one) < 19]
    by, workspace = request.user.email, request.workspace.pk
    if request.POST.get("decision") == "shared":
        try:
            share(
                workspace=workspace,
                namespace=request.POST.get("namespace", ""),
                value=request.POST.get("value", ""),
                by=by,
            )
        except Identifier.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("It tells nobody who someone is from now on."))
        return redirect("identity:review")
    if not all_visible(request.scope, chosen):
        raise Http404
    if len(chosen) < 2:
        messages.error(request, _("Choose at least two customers."))
    elif request.POST.get("decision") == "apart":
        keep_apart(workspace=workspace, customers=chosen, by=by)
        messages.success(request, _("They stay different people. You will not be asked about them again."))
    else:
        for other in chosen[1:]:
            try:
                winner = join(workspace=workspace, one=chosen[0], other=other, by=by)
            except CannotJoin:
                continue  # another member was quicker
            messages.success(request, _("Joined. They are one customer now, which you can undo on their page."))
            if request.POST.get("from") == "customer":
                return redirect("customers:show", winner)
    return redirect("identity:review")


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    context = {
        "customer": found.id,
        "who": who_they_are(request.scope, found.id),
        "may_decide": request.member.may(Right.IDENTITY),
    }
    return render(request, "customers/identity/_panel.html", context)


def find_other(request: RegardRequest, pk: int) -> HttpResponse:
    """Find the other customer that this one is."""
    found = customer_or_404(request.scope, pk)
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    others = [one for one in search(request.scope, words).people if one.id != found.id][:20]
    return render(request, "customers/identity/other.html", {"person": found, "words": words, "others": others})


def joining(request: RegardRequest, pk: int) -> HttpResponse:
    """The question before two customers become one."""
    found = customer_or_404(request.scope, pk)
    given = request.POST.get("with", request.GET.get("with", ""))
    other = customer_or_404(request.scope, int(given)) if given.isdecimal() and len(given) < 19 else None
    if other is None:
        return redirect("identity:other", found.id)
    if request.method == "POST":
        try:
            winner = join(workspace=request.workspace.pk, one=found.id, other=other.id, by=request.user.email)
        except CannotJoin as problem:
            messages.error(request, str(problem))
            return redirect("identity:other", found.id)
        messages.success(request, _("They are one customer now. You can take them apart again under “Known as”."))
        return redirect("customers:show", winner)
    return render(request, "customers/identity/joining.html", {"person": found, "other": other, "both": (found, other)})


def take_apart_(request: RegardRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(Merge, pk=pk, workspace=request.workspace, undone=None)
    customer = customer_or_404(request.scope, Profile.objects.get(pk=merge.one_id).customer_id)
    if request.method == "POST":
        one, _other = take_apart(workspace=request.workspace.pk, merge=merge.pk, by=request.user.email)
        messages.success(request, _("They are two customers again, each with what came in by it."))
        return redirect("customers:show", one)
    question = Confirm(
        title=_("Take %(name)s apart?") % {"name": customer.title},
        act=_("Take apart"),
        keep=_("Keep as one"),
        back=reverse("customers:show", args=[customer.id]),
        crumb=customer.title,
        texts=(
            _("They were joined by %(why)s (%(evidence)s).")
            % {"why": merge.get_why_display(), "evidence": merge.evidence}
            if merge.evidence
            else _("They were joined by %(why)s.") % {"why": merge.get_why_display()},
            _(
                "Each gets back its own names, traits and history, with what came in by it meanwhile. What joined them "
                "will not join them again."
            ),
        ),
    )
    return ask(request, question)

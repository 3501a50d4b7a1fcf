from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.customers.people.queries import Person
from regard.jobs.defer import defer
from regard.ledger.notes.forms import ContactForm, NoteForm
from regard.ledger.notes.jobs import tell
from regard.ledger.notes.models import Mention
from regard.ledger.notes.queries import mentions_of, written_by_hand
from regard.ledger.notes.write import take_back, write_contact, write_note
from regard.web.confirm import Confirm, ask
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    return _panel(request, customer_or_404(request.scope, pk))


@require_POST
def note(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _panel(request, found, note=form)
    with transaction.atomic():
        written = write_note(
            customer=found.id, text=form.cleaned_data["text"].replace("\0", ""), by=request.member, now=timezone.now()
        )
        if Mention.objects.filter(note=written).exists():
            defer(tell, note=str(written))
    return _after(request, found, _("Noted. It stands in the timeline in a moment."))


@require_POST
def contact(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    form = ContactForm(request.POST, workspace=request.workspace, prefix="contact")
    if not form.is_valid():
        return _panel(request, found, contact=form)
    write_contact(customer=found.id, contact=form.contact(), by=request.member)
    return _after(request, found, _("Logged. It stands in the timeline in a moment."))


def removal(request: RegardRequest, pk: int, id: int) -> HttpResponse:
    """Take back what was written by hand about this customer."""
    found = customer_or_404(request.scope, pk)
    if not written_by_hand(request.scope, profile_ids([found.id]), id):
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            gone = take_back(workspace=request.workspace.pk, inbox=id)
            if gone:
                AuditEntry.write(
                    request.workspace.pk,
                    actor=request.user.email,
                    action="note.taken_back",
                    subject=f"customer {found.id}",
                )
        if gone:
            messages.success(request, _("Taken back."))
        else:
            messages.error(request, _("It is too old to be taken back."))
        return redirect("customers:show", found.id)
    question = Confirm(
        title=_("Take it back?"), act=_("Take back"), keep=_("Keep"), back=reverse("customers:show", args=[found.id]), crumb=found.title,
        texts=(_("What was written down goes from the timeline and from every number. The audit log notes who did it."),),
    )  # fmt: skip
    return ask(request, question)


def mentions(request: RegardRequest) -> HttpResponse:
    """Notes in which the reader was named; from now on they are seen."""
    found = mentions_of(request.member)
    answer = render(request, "ledger/notes/mentions.html", {"mentions": found})
    Mention.objects.filter(member=request.member, seen=None).update(seen=timezone.now())
    return answer


def _panel(
    request: RegardRequest, found: Person, *, note: NoteForm | None = None, contact: ContactForm | None = None
) -> HttpResponse:
    context = {
        "customer": found, "note": note or NoteForm(), "contact": contact or ContactForm(workspace=request.workspace, prefix="contact"),
    }  # fmt: skip
    part = "ledger/notes/_panel.html" if request.htmx else "ledger/notes/panel.html"
    return render(request, part, context)


def _after(request: RegardRequest, found: Person, said: str) -> HttpResponse:
    messages.success(request, said)
    target = reverse("customers:show", args=[found.id])
    if not request.htmx:
        return redirect(target)
    answer = HttpResponse()
    answer["HX-Redirect"] = target
    return answer

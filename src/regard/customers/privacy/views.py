from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.identity.correct import CannotCorrect, add_name, remove_name
from regard.customers.identity.models import Identifier
from regard.customers.identity.names import titled
from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.customers.people.queries import Person
from regard.customers.privacy.erase import OnHold, ask
from regard.customers.privacy.export import archive
from regard.customers.privacy.forms import CorrectionForm, ErasureForm, IdentifierForm, MaskingForm, RetentionForm
from regard.customers.privacy.jobs import begin
from regard.customers.privacy.models import Erasure, RetentionRule
from regard.customers.privacy.queries import certificate, kept_of, privacy_page
from regard.customers.privacy.subjects import subjects
from regard.customers.traits.describe import Telling, describe
from regard.customers.traits.models import BY_HAND
from regard.web.confirm import Confirm
from regard.web.confirm import ask as ask_first
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.signin.still_you import still_you


def index(request: RegardRequest) -> HttpResponse:
    return _page(request, RetentionForm(workspace=request.workspace))


@require_POST
def keep(request: RegardRequest) -> HttpResponse:
    """How long a kind of data is kept: a rule, changed where there is one."""
    known = RetentionRule.objects.filter(workspace=request.workspace, kind=request.POST.get("kind", "")).first()
    form = RetentionForm(request.POST, workspace=request.workspace, instance=known)
    if not form.is_valid():
        return _page(request, form)
    with transaction.atomic():
        rule = form.save()
        AuditEntry.write(
            request.workspace.pk, actor=request.user.email, action="retention.changed", subject=rule.kind, days=rule.days,
            anonymise=rule.anonymise,
        )  # fmt: skip
    messages.success(request, _("Saved. What is older goes tonight."))
    return redirect("privacy:index")


@require_POST
def mask(request: RegardRequest) -> HttpResponse:
    """Which roles see names, addresses and numbers in part only."""
    form = MaskingForm(request.POST)
    if form.is_valid():
        request.workspace.masked_roles = form.cleaned_data["roles"]
        request.workspace.keep(actor=request.user.email, changed=["masked_roles"])
        messages.success(request, _("Saved. It holds from the next page on."))
    return redirect("privacy:index")


def keep_for_ever(request: RegardRequest, pk: int) -> HttpResponse:
    rule = get_object_or_404(RetentionRule, pk=pk, workspace=request.workspace)
    if request.method == "POST":
        with transaction.atomic():
            AuditEntry.write(
                request.workspace.pk, actor=request.user.email, action="retention.removed", subject=rule.kind
            )
            rule.delete()
        messages.success(request, _("It is kept for ever from now on."))
        return redirect("privacy:index")
    question = Confirm(
        title=_("Keep it for ever?"), act=_("Keep for ever"), keep=_("Leave the rule"), back=reverse("privacy:index"), crumb=_("Privacy"),
        texts=(_("“%(what)s” will not be deleted by itself any more. What has gone stays gone.") % {"what": rule.get_kind_display()},),
    )  # fmt: skip
    return ask_first(request, question)


def _page(request: RegardRequest, form: RetentionForm) -> HttpResponse:
    page = privacy_page(request.workspace.pk, request.GET.get("page", "1"))
    masking = MaskingForm(initial={"roles": request.workspace.masked_roles})
    return render(request, "customers/privacy/index.html", {"page": page, "form": form, "masking": masking})


@still_you
def customer(request: RegardRequest, pk: int) -> HttpResponse:
    """What is kept of one customer; to give it out, mend it, or take it away."""
    return _customer(request, customer_or_404(request.scope, pk))


def _customer(
    request: RegardRequest, found: Person, *, erasing: ErasureForm | None = None, correcting: CorrectionForm | None = None,
    naming: IdentifierForm | None = None,
) -> HttpResponse:  # fmt: skip
    names = Identifier.objects.filter(profile__in=profile_ids([found.id])).order_by("namespace", "id")
    context = {
        "page": kept_of(request.workspace.pk, found),
        "names": [(one, titled(one.namespace)) for one in names],
        "erasing": erasing or ErasureForm(),
        "correcting": correcting or CorrectionForm(initial={"name": found.name}),
        "naming": naming or IdentifierForm(),
    }
    return render(request, "customers/privacy/customer.html", context)


@still_you
def give_out(request: RegardRequest, pk: int) -> FileResponse:
    """Everything that is kept of them, as a file."""
    found = customer_or_404(request.scope, pk)
    (subject,) = subjects(request.workspace.pk, [found.id])
    AuditEntry.write(
        request.workspace.pk, actor=request.user.email, action="customer.given_out", subject=f"customer {found.id}"
    )
    return FileResponse(
        archive(subject), as_attachment=True, filename=f"customer-{found.id}.zip", content_type="application/zip"
    )


@require_POST
@still_you
def erase(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    form = ErasureForm(request.POST)
    if not form.is_valid():
        return _customer(request, found, erasing=form)
    try:
        with transaction.atomic():
            erasure = ask(
                request.workspace.pk, [found.id], by=request.user.email, mode=form.cleaned_data["mode"], ground=form.cleaned_data["ground"]
            )  # fmt: skip
            begin(erasure)
    except OnHold:
        form.add_error(None, _("They are under a legal hold. Lift it on their page first."))
        return _customer(request, found, erasing=form)
    return redirect("privacy:erasure", erasure.pk)


@require_POST
@still_you
def correct(request: RegardRequest, pk: int) -> HttpResponse:
    """Their name, as a colleague says it is: believed before what other sources say."""
    found = customer_or_404(request.scope, pk)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _customer(request, found, correcting=form)
    with transaction.atomic():
        describe(request.workspace.pk, [Telling(found.id, BY_HAND, timezone.now(), form.cleaned_data["name"])])
        AuditEntry.write(
            request.workspace.pk,
            actor=request.user.email,
            action="customer.corrected",
            subject=f"customer {found.id}",
            what="name",
        )
    messages.success(request, _("Saved."))
    return redirect("privacy:customer", found.id)


@require_POST
@still_you
def name(request: RegardRequest, pk: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    form = IdentifierForm(request.POST)
    if form.is_valid():
        try:
            add_name(workspace=request.workspace.pk, customer=found.id, by=request.user.email, **form.cleaned_data)
            messages.success(request, _("They are known by that too from now on."))
            return redirect("privacy:customer", found.id)
        except CannotCorrect as problem:
            form.add_error("value", str(problem))
    return _customer(request, found, naming=form)


@still_you
def unname(request: RegardRequest, pk: int, id: int) -> HttpResponse:
    found = customer_or_404(request.scope, pk)
    one = get_object_or_404(Identifier, pk=id, workspace=request.workspace, profile__in=profile_ids([found.id]))
    if request.method == "POST":
        remove_name(workspace=request.workspace.pk, customer=found.id, identifier=one.pk, by=request.user.email)
        messages.success(request, _("They are not known by that any more."))
        return redirect("privacy:customer", found.id)
    question = Confirm(
        title=_("Is %(value)s not theirs?") % {"value": one.value}, act=_("Take it away"), keep=_("Leave it"),
        back=reverse("privacy:customer", args=[found.id]), crumb=found.title,
        texts=(_("What came in by it so far stays with this customer. What comes in by it from now on is somebody else’s."),),
    )  # fmt: skip
    return ask_first(request, question)


def erasure(request: RegardRequest, pk: int) -> HttpResponse:
    """The certificate; while it is being done, how far it is."""
    found = get_object_or_404(Erasure, pk=pk, workspace=request.workspace)
    shown = certificate(found)
    part = "customers/privacy/_certificate.html" if request.htmx else "customers/privacy/erasure.html"
    return render(request, part, {"shown": shown})


def certificate_json(request: RegardRequest, pk: int) -> JsonResponse:
    found = get_object_or_404(Erasure, pk=pk, workspace=request.workspace, done__isnull=False)
    answer = JsonResponse(as_json(found), json_dumps_params={"indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="erasure-{found.pk}.json"'
    return answer


def as_json(erasure: Erasure) -> dict[str, object]:
    moments = {
        name: at.isoformat() if (at := getattr(erasure, name)) else None
        for name in ("asked", "begun", "done", "proven")
    }
    return {
        "erasure": erasure.pk, "mode": erasure.mode, "ground": erasure.ground, "customers": erasure.customers, "by": erasure.by, **moments,
        "removed": erasure.removed, "left": erasure.left,
    }  # fmt: skip

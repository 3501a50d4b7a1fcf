from __future__ import annotations

from django.contrib import messages
from django.forms import Form, ModelForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.customers.contact.log.models import FrequencyRule
from regard.customers.contact.policy.forms import FrequencyForm, PurposeForm, QuietForm, RestraintForm, TextForm
from regard.customers.contact.policy.queries import policy
from regard.customers.contact.purposes.models import ConsentText, Purpose
from regard.customers.contact.purposes.seed import fill
from regard.customers.contact.quiet.models import QuietHours
from regard.customers.contact.restrain import lift, restrain
from regard.customers.contact.restraints.models import Reason, Restraint
from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest

AnyForm = Form | ModelForm  # type: ignore[type-arg]


def index(request: RegardRequest) -> HttpResponse:
    return _page(request)


@require_POST
def begin(request: RegardRequest) -> HttpResponse:
    """The usual purposes, where there are none."""
    fill(request.workspace.pk, actor=request.user.email)
    return redirect("contact:policy")


@require_POST
def add_quiet(request: RegardRequest) -> HttpResponse:
    form = QuietForm(request.POST, workspace=request.workspace, prefix="quiet")
    if not form.is_valid():
        return _page(request, quiet=form)
    form.instance.keep(actor=request.user.email)
    messages.success(request, _("Saved."))
    return redirect("contact:policy")


@require_POST
def remove_quiet(request: RegardRequest, pk: int) -> HttpResponse:
    get_object_or_404(QuietHours, pk=pk, workspace=request.workspace).remove(actor=request.user.email)
    messages.success(request, _("These hours are no longer quiet."))
    return redirect("contact:policy")


@require_POST
def add_frequency(request: RegardRequest) -> HttpResponse:
    form = FrequencyForm(request.POST, workspace=request.workspace, prefix="frequency")
    if not form.is_valid():
        return _page(request, frequency=form)
    form.instance.keep(actor=request.user.email)
    messages.success(request, _("Saved."))
    return redirect("contact:policy")


@require_POST
def remove_frequency(request: RegardRequest, pk: int) -> HttpResponse:
    get_object_or_404(FrequencyRule, pk=pk, workspace=request.workspace).remove(actor=request.user.email)
    messages.success(request, _("The rule is gone."))
    return redirect("contact:policy")


@require_POST
def pause(request: RegardRequest) -> HttpResponse:
    """A restraint on everybody, or everybody of a unit."""
    form = RestraintForm(request.POST, workspace=request.workspace, scope=request.scope, prefix="pause")
    if not form.is_valid():
        return _page(request, pause=form)
    given = form.cleaned_data
    restrain(
        request.workspace.pk, reason=given["reason"], by=request.user.email, now=timezone.now(), until=given["until"],
        unit=given["unit"], everybody=given["unit"] is None, channels=given["channels"], purposes=given["purposes"], note=given["note"],
    )  # fmt: skip
    messages.success(request, _("Nobody it covers is contacted from now on."))
    return redirect("contact:policy")


def resume(request: RegardRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Restraint, pk=pk, workspace=request.workspace, profile=None, lifting=None)
    if request.method == "POST":
        lift(request.workspace.pk, restraints=[found.pk], by=request.user.email, now=timezone.now())
        messages.success(request, _("The pause is over."))
        return redirect("contact:policy")
    question = Confirm(
        title=_("End the pause for %(whom)s?") % {"whom": found.unit or _("everybody")},
        act=_("End it"), keep=_("Keep"), back=reverse("contact:policy"), crumb=_("Contact policy"),
        texts=(_("What waits for it goes out as soon as the other rules allow."),),
    )  # fmt: skip
    return ask(request, question)


def add_purpose(request: RegardRequest) -> HttpResponse:
    form = PurposeForm(request.POST or None, workspace=request.workspace)
    if request.method == "POST" and form.is_valid():
        form.instance.keep(actor=request.user.email)
        messages.success(request, _("Saved. Now say in words what people agree to."))
        return redirect("contact:purpose", form.instance.pk)
    return render(request, "customers/contact/policy/purpose.html", {"form": form})


def purpose(request: RegardRequest, pk: int) -> HttpResponse:
    known = _find(request, pk)
    form = PurposeForm(request.POST or None, workspace=request.workspace, instance=known)
    if request.method == "POST" and form.is_valid():
        form.instance.keep(actor=request.user.email)
        messages.success(request, _("Saved."))
        return redirect("contact:purpose", pk)
    return _purpose(request, pk, form)


@require_POST
def word(request: RegardRequest, pk: int) -> HttpResponse:
    """A new version of the wording."""
    known = _find(request, pk)
    text = TextForm(request.POST, prefix="text")
    if not text.is_valid():
        return _purpose(request, pk, PurposeForm(workspace=request.workspace, instance=known), text)
    given = text.cleaned_data
    made = ConsentText.word(known, language=given["language"], text=given["text"], actor=request.user.email)
    messages.success(
        request, _("Version %(n)s (%(language)s) is in force.") % {"n": made.version, "language": made.language}
    )
    return redirect("contact:purpose", pk)


def retirement(request: RegardRequest, pk: int) -> HttpResponse:
    known = _find(request, pk)
    if request.method == "POST":
        known.retire(actor=request.user.email)
        messages.success(request, _("%(name)s is retired.") % {"name": known.name})
        return redirect("contact:policy")
    question = Confirm(
        title=_("Retire %(name)s?") % {"name": known.name}, act=_("Retire"), keep=_("Keep"),
        back=reverse("contact:purpose", args=[pk]), crumb=_("Contact policy"),
        texts=(_("Nobody is contacted for it from then on. What people agreed to or refused stays, and counts again if you bring it back."),),
    )  # fmt: skip
    return ask(request, question)


@require_POST
def return_(request: RegardRequest, pk: int) -> HttpResponse:
    known = _find(request, pk)
    known.bring_back(actor=request.user.email)
    messages.success(request, _("%(name)s is back.") % {"name": known.name})
    return redirect("contact:policy")


def _page(
    request: RegardRequest,
    *,
    quiet: AnyForm | None = None,
    frequency: AnyForm | None = None,
    pause: AnyForm | None = None,
) -> HttpResponse:
    here = request.workspace
    context = {
        "page": policy(here.pk, timezone.now()),
        "quiet": quiet or QuietForm(workspace=here, prefix="quiet"),
        "frequency": frequency or FrequencyForm(workspace=here, prefix="frequency"),
        "pause": pause
        or RestraintForm(workspace=here, scope=request.scope, prefix="pause", initial={"reason": Reason.OUTAGE}),
    }
    wrong = any(form is not None for form in (quiet, frequency, pause))
    return render(request, "customers/contact/policy/index.html", context, status=400 if wrong else 200)


def _purpose(request: RegardRequest, pk: int, form: PurposeForm, text: TextForm | None = None) -> HttpResponse:
    known = _find(request, pk)  # the title shows the name as it is, not as it was typed
    context = {"form": form, "known": known, "text": text or TextForm(prefix="text"), "texts": known.texts.all()}
    return render(request, "customers/contact/policy/purpose.html", context)


def _find(request: RegardRequest, pk: int) -> Purpose:
    return get_object_or_404(Purpose, pk=pk, workspace=request.workspace)

"""The page where a workspace says how identifiers are spelt and how strongly each kind of them tells who someone is."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumbers import SUPPORTED_REGIONS

from regard.customers.identity.models import Identifier, IdentityPolicy, Namespace, Strength
from regard.customers.identity.rules import Rules
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right
from regard.workspace.workspaces.queries import Door


def doors(member: Member) -> list[Door]:
    """The way here from the settings."""
    if not member.may(Right.CONFIGURE):
        return []
    text = _("Which ids tell customers apart, how they are spelt, and what many people share.")
    return [Door(_("Who is who"), text, "", reverse("identity:rules"))]


class PolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = IdentityPolicy
        fields = ["country", "gmail_dots", "roles_are_shared", "shared_after"]
        help_texts = {
            "country": gettext_lazy("Two letters, such as FR. Without one such numbers are kept as they are written.")
        }

    def clean_country(self) -> str:
        code: str = self.cleaned_data["country"].strip().upper()
        if code and code not in SUPPORTED_REGIONS:
            raise forms.ValidationError(
                _("“%(code)s” is no country: give its two letters, such as FR or US.") % {"code": code}
            )
        return code

    def clean_shared_after(self) -> int:
        number: int = self.cleaned_data["shared_after"]
        if not 2 <= number <= 1_000:
            raise forms.ValidationError(_("Give a number from 2 to 1,000."))
        return number


class KindForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Namespace
        fields = ["name", "strength", "single"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        return name


def index(request: RegardRequest) -> HttpResponse:
    policy = IdentityPolicy.objects.filter(workspace=request.workspace).first() or IdentityPolicy(
        workspace=request.workspace
    )
    form = PolicyForm(request.POST or None, instance=policy)
    if request.method == "POST" and form.is_valid():
        form.save()
        AuditEntry.write(request.workspace.pk, actor=request.user.email, action="identity.rules", **form.cleaned_data)
        messages.success(request, _("Saved. It holds for what comes in from now on."))
        return redirect("identity:rules")
    rules = Rules.of(request.workspace.pk)
    used = Identifier.objects.filter(workspace=request.workspace).values_list("namespace", flat=True).distinct()
    names = sorted({*rules.kinds, *used})
    kinds = [(name, Strength(rules.kind(name).strength).label, rules.single(name)) for name in names]
    return render(request, "customers/identity/rules.html", {"form": form, "kinds": kinds})


def kind(request: RegardRequest) -> HttpResponse:
    """One kind of identifier, known or new."""
    name = request.GET.get("name", "")[:64]
    known = Rules.of(request.workspace.pk).kind(name)
    row = Namespace.objects.filter(workspace=request.workspace, name=request.POST.get("name", name)).first()
    row = row or Namespace(workspace=request.workspace, name=name, strength=known.strength, single=known.single)
    form = KindForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        AuditEntry.write(
            request.workspace.pk, actor=request.user.email, action="identity.kind", subject=row.name, strength=row.strength, single=row.single
        )  # fmt: skip
        messages.success(request, _("Saved. It holds for what comes in from now on."))
        return redirect("identity:rules")
    return render(request, "customers/identity/kind.html", {"form": form, "name": name})

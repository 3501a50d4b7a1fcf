"""Runs say on what occasion something was done for a customer, and what was written to them. They go with the customer."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.ledger.inbox.strike import replacing
from regard.outreach.notices.tell import forget
from regard.outreach.webhooks.models import Delivery
from regard.playbooks.runs.models import Deed, Run


def _count(subject: Subject) -> int:
    return Run.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    deeds = Deed.objects.filter(run__profile__in=subject.profiles).order_by("at")
    columns = ("run__playbook__name", "at", "do", "told", "subject", "text", "version__template__name")
    yield Section("done by playbooks", deeds.values(*columns).iterator())


def _erase(taken: Taken) -> int:
    theirs = Run.objects.filter(profile__in=taken.profiles)
    forget([f"run {pk}" for pk in theirs.values_list("pk", flat=True)])
    count, _by_model = theirs.delete()
    told, _by_model = Delivery.objects.filter(endpoint__workspace=taken.workspace, body__customer__in=list(taken.profiles)).delete()
    count += told
    if not taken.needles.plain:
        return count
    replace = replacing(taken.needles.compiled)
    for run in Run.objects.filter(playbook__workspace=taken.workspace, about__words__iregex=taken.needles.postgres).only("about"):
        run.about = {**run.about, "words": replace(run.about["words"])}
        run.save(update_fields=["about"])
        count += 1
    for deed in Deed.objects.filter(run__playbook__workspace=taken.workspace, text__iregex=taken.needles.postgres).only("text"):
        deed.text = replace(deed.text)
        deed.save(update_fields=["text"])
        count += 1
    for body in Delivery.objects.filter(endpoint__workspace=taken.workspace, body__words__iregex=taken.needles.postgres).only("body"):
        body.body = {**body.body, "words": replace(body.body["words"])}
        body.save(update_fields=["body"])
        count += 1
    return count


KEEPER = Keeper("playbooks", _("What playbooks did for them"), ("playbooks.Run", "playbooks.Deed", "outreach.Delivery"), _count, _export, _erase)

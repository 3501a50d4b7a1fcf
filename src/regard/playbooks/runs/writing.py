"""The steps that write to the customer: queued with what they say, where the contact policy lets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.queries import UnknownPurpose
from regard.customers.contact.verdict import Outcome, Verdict
from regard.loyalty.offers.give import NotGiven, Wish
from regard.loyalty.offers.give_telling import give_telling
from regard.loyalty.offers.models import Offer
from regard.outreach.messages.models import Addressed, queue
from regard.outreach.messages.piped import piped
from regard.outreach.templates.models import MessageTemplate, TemplateVersion
from regard.playbooks.rules.definition import MakeOffer, Write
from regard.playbooks.runs.batch import Batch, Told
from regard.playbooks.runs.models import Deed, Run

SENDER = "playbook"


@dataclass(frozen=True)
class Letter:
    """To the customer of a run: in these words, or a message of Campaigns, which is filled in when it goes out."""

    run: Run
    verdict: Verdict
    subject: str = ""
    text: str = ""
    language: str = ""
    version: TemplateVersion | None = None


def write(step: Write, batch: Batch) -> Told:
    """Queued where the contact policy allows it; why not is kept."""
    if step.template is not None:
        return _send_message(step, step.template, batch)
    verdicts, said = _verdicts(step.channel, step.purpose, batch)
    letters = []
    for run in batch.runs:
        if run.pk in verdicts:
            values = batch.values(run)
            letters.append(Letter(run, verdicts[run.pk], piped(step.subject, values), piped(step.text, values)))
    _queue(step, step.channel, batch, letters)
    return said


def _send_message(step: Write, template: int, batch: Batch) -> Told:
    """The version of now is kept with each: what is on its way keeps its words. That it was retired stops nothing that runs."""
    found = MessageTemplate.objects.filter(pk=template, workspace=batch.playbook.workspace_id).first()
    if found is None:
        return {run.pk: _("There is no such message any more.") for run in batch.runs}
    verdicts, said = _verdicts(found.channel, step.purpose, batch)
    version = found.version
    _queue(step, found.channel, batch, [Letter(run, verdicts[run.pk], version=version) for run in batch.runs if run.pk in verdicts])
    return said


def _verdicts(channel: str, purpose: str, batch: Batch) -> tuple[dict[int, Verdict], Told]:
    """By run, where the customer may be written to, at once or later; and why not."""
    known = {run.profile_id: run for run in batch.runs if run.profile_id}
    try:
        verdicts = may_contact(batch.playbook.workspace_id, known, purpose=purpose, channel=channel, now=batch.now)
    except UnknownPurpose:
        return {}, {run.pk: _("Nothing is sent for this purpose any more.") for run in batch.runs}
    by_profile = {one.asked: one for one in verdicts}
    able, said = {}, {}
    for run in batch.runs:
        verdict = by_profile.get(run.profile_id or 0)
        if verdict is None or verdict.outcome is Outcome.REFUSED:
            said[run.pk] = verdict.sentence if verdict else _("Nobody knows who the customer is.")
        else:
            able[run.pk] = verdict if verdict.outcome is Outcome.DELAYED else verdict._replace(until=None)
    return able, said


def _queue(step: Write | MakeOffer, channel: str, batch: Batch, letters: Sequence[Letter]) -> None:
    """Each with what it says: a message says it when it goes out."""
    deeds = [
        Deed(
            run=one.run, step=one.run.step, do=step.do, at=batch.now, subject=one.subject[:200], text=one.text, language=one.language,
            version=one.version, told=_("Written."),
        )
        for one in letters
    ]  # fmt: skip
    for made, one in zip(Deed.objects.bulk_create(deeds), letters, strict=True):
        addressed = [Addressed(one.verdict.customer, channel, one.verdict.address, made.pk)]
        queue(batch.playbook.workspace_id, addressed, sender_kind=SENDER, due=one.verdict.until or batch.now)


def make_offer(step: MakeOffer, batch: Batch) -> Told:
    """Given where the customer can be told of it; what they get is queued as a message, with the code and until when."""
    offer = Offer.objects.filter(pk=step.offer, workspace=batch.playbook.workspace_id).first()
    if offer is None:
        return {run.pk: _("There is no such offer any more.") for run in batch.runs}
    wishes = [Wish(run.profile_id or 0, _("Run %(n)s") % {"n": run.pk}, heard=run.about.get("language", "")) for run in batch.runs]
    given = give_telling(offer, wishes, purpose=step.purpose, channel=step.channel, by=batch.by, now=batch.now)
    letters, said = [], {}
    for run, found in zip(batch.runs, given, strict=True):
        if isinstance(found, NotGiven):
            said[run.pk] = str(found)
        else:
            subject = piped(step.subject, batch.values(run)) or offer.name
            letters.append(Letter(run, found.verdict._replace(until=found.until), subject, found.text, found.language))
    _queue(step, step.channel, batch, letters)
    return said

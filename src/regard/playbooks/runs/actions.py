"""What a step does, for all runs that have come to it. Everything is done in the engine's own transaction: a worker that is killed has done
it once or not at all; what leaves the house is queued, with a key that lets nobody do it twice.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.care.cases import work
from regard.care.cases.close import close
from regard.care.cases.models import Case
from regard.care.cases.open import Opening, open_cases
from regard.care.cases.work import NotPossible
from regard.care.complaints.complain import Filing, complain
from regard.care.complaints.models import VIA_OF, Via
from regard.care.queues.models import Queue
from regard.customers.traits.describe import Telling, describe
from regard.ledger.inbox.put import put_rows
from regard.ledger.sources.product import product_source
from regard.listening.inbox import handle
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.models import Programme
from regard.listening.responses.told import told
from regard.outreach.messages.piped import piped
from regard.outreach.notices.tell import News, tell
from regard.outreach.webhooks.models import Delivery, Endpoint
from regard.playbooks.rules.definition import (
    Ask,
    Assign,
    Call,
    Close,
    MakeOffer,
    Note,
    Notify,
    OpenCase,
    SetTrait,
    Step,
    Tag,
    Write,
)
from regard.playbooks.runs.batch import Batch, Told
from regard.playbooks.runs.models import Run
from regard.playbooks.runs.writing import make_offer, write

#: The source that traits set by playbooks come from.
SOURCE = "Playbooks"
_SAID_ANYWHERE = ("score", "touchpoint", "unit", "channel", "case")


def open_case(step: OpenCase, batch: Batch) -> Told:
    queues = {one.pk: one for one in Queue.objects.filter(workspace=batch.playbook.workspace_id, retired=None)}
    openings = []
    for run in batch.runs:
        values, response = batch.values(run), batch.response(run)
        answers = told(response, masked=True) if response else []
        words = next((one.answer for one in answers if one.words), "") or run.about.get("words", "")
        scored = next((one for one in answers if one.tone), None)
        title = piped(step.title, values) or " · ".join(filter(None, (values["score"], values["touchpoint"]))) or batch.playbook.name
        openings.append(
            Opening(
                title=title, origin=f"playbook {run.pk}/{run.step}", queue=queues.get(step.queue or 0), unit=run.about.get("unit"),
                touchpoint=run.about.get("touchpoint") if values["touchpoint"] else None, profile=run.profile_id, priority=step.priority,
                response=response.pk if response else None, score=values["score"], tone=response.tone if response else scored.tone if scored else "",
                words=words, language=run.about.get("language", ""), channel=run.about.get("channel", ""), tags=(step.tag,) if step.tag else (),
            )
        )  # fmt: skip
    made = {one.origin: one for one in open_cases(batch.playbook.workspace, openings, by=batch.by, now=batch.now)}
    said: Told = {}
    for run in batch.runs:
        case = made.get(f"playbook {run.pk}/{run.step}")
        if case is not None:
            run.case = case
            said[run.pk] = _("Case #%(number)s is open") % {"number": case.number}
            if step.complaint:
                via = Via.SURVEY if run.about.get("response") else VIA_OF.get(case.channel, Via.OTHER)
                complain(case, Filing(via=via, received=run.happened), by=batch.by, now=batch.now)
    return said


def notify(step: Notify, batch: Batch) -> Told:
    news, said = [], {}
    for run in batch.runs:
        if step.whom == "member":
            found = [batch.people.members[step.member]] if step.member in batch.people.members else []
        elif step.whom == "owner" and run.case is not None and run.case.owner_id in batch.people.members:
            found = [batch.people.members[run.case.owner_id]]
        else:
            found = batch.people.answering(run.case.unit_id if run.case else batch.unit(run))
        # a notice is read on other screens: no names, no words of theirs
        text = piped(step.text, {name: value for name, value in batch.values(run).items() if name in _SAID_ANYWHERE})
        link = reverse("cases:show", args=[run.case.number]) if run.case else reverse("playbooks:run", args=[batch.playbook.pk, run.pk])
        news.append(News("playbook", f"case {run.case_id}" if run.case_id else f"run {run.pk}", link, lambda text=text: text, found))  # type: ignore[misc]
        said[run.pk] = ", ".join(str(one.user) for one in found) or _("There is nobody to tell.")
    tell(news, now=batch.now)
    return said


def _on_case(verb: Callable[[Case], object], batch: Batch) -> Told:
    """On the case of each run; why not, where it cannot be done."""
    said: Told = {}
    for run in batch.runs:
        if run.case is None:
            said[run.pk] = _("There is no case.")
            continue
        try:
            verb(run.case)
        except NotPossible as problem:
            said[run.pk] = str(problem)
    return said


def assign(step: Assign, batch: Batch) -> Told:
    to = batch.people.members.get(step.member)
    if to is None:
        return {run.pk: _("There is no such member any more.") for run in batch.runs}
    return _on_case(lambda case: work.give(case, to, by=batch.by, now=batch.now), batch)


def tag(step: Tag, batch: Batch) -> Told:
    without = [run for run in batch.runs if run.case is None]
    for run in without:
        if (response := batch.response(run)) is not None:
            handle.tag(response, step.tag, by=batch.by)
    said = _on_case(lambda case: work.tag(case, step.tag, by=batch.by, now=batch.now), batch)
    return {pk: text for pk, text in said.items() if pk not in {run.pk for run in without if batch.response(run)}}


def close_case(step: Close, batch: Batch) -> Told:
    return _on_case(lambda case: close(case, by=batch.by, now=batch.now, outcome=step.text), batch)


def ask(step: Ask, batch: Batch) -> Told:
    programme = Programme.objects.filter(pk=step.programme, workspace=batch.playbook.workspace_id).first()
    if programme is None or not programme.running:
        return {run.pk: _("The programme does not run.") for run in batch.runs}
    known = [run for run in batch.runs if run.profile_id]
    points, units = batch.places
    Invitation.objects.bulk_create(
        (
            Invitation(
                programme=programme, profile_id=run.profile_id or 0, cause=f"playbook {run.pk}/{run.step}", wave=programme.wave_at(batch.now),
                touchpoint_id=run.about.get("touchpoint") if run.about.get("touchpoint") in points else None,
                unit_id=run.about.get("unit") if run.about.get("unit") in units else None, happened=batch.now, due=batch.now,
            )
            for run in known
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    return {run.pk: _("Nobody knows who the customer is.") for run in batch.runs if not run.profile_id}


def set_trait(step: SetTrait, batch: Batch) -> Told:
    source = product_source(batch.playbook.workspace_id, SOURCE)
    value = [(run, piped(step.value, batch.values(run)) or None) for run in batch.runs if run.profile_id]
    describe(batch.playbook.workspace_id, [Telling(run.profile_id or 0, source, batch.now, traits={step.trait: said}) for run, said in value])
    return {run.pk: _("Nobody knows who the customer is.") for run in batch.runs if not run.profile_id}


def call(step: Call, batch: Batch) -> Told:
    endpoint = Endpoint.objects.filter(pk=step.endpoint, workspace=batch.playbook.workspace_id, removed=None).first()
    if endpoint is None:
        return {run.pk: _("There is no such address any more.") for run in batch.runs}
    Delivery.queue(
        endpoint, [(f"playbook/{run.pk}/{run.step}", "playbook.step", _body(run, batch, step.text)) for run in batch.runs], now=batch.now
    )
    return {}


def _body(run: Run, batch: Batch, text: str) -> dict[str, object]:
    """What is told: numbers by which the rest can be asked for, and the occasion; no name, no address."""
    about = {name: value for name, value in run.about.items() if name in ("score", "metric", "channel", "words", "language", "programme", "event")}
    names = batch.values(run)
    customer = batch.customers.get(run.profile_id or 0)
    said = piped(text, {name: value for name, value in names.items() if name in _SAID_ANYWHERE}) or batch.playbook.name
    link = reverse("cases:show", args=[run.case.number]) if run.case else reverse("playbooks:run", args=[batch.playbook.pk, run.pk])
    return {
        "text": said, "link": f"{settings.PUBLIC_URL}{link}",
        "playbook": batch.playbook.name, "run": run.pk, "customer": customer.pk if customer else None, "case": run.case.number if run.case else None,
        "happened": run.happened.isoformat(), "touchpoint": names["touchpoint"] or None, "unit": names["unit"] or None,
        "response": run.about.get("response") or None, **about,
    }  # fmt: skip


def note(step: Note, batch: Batch) -> Told:
    rows = [
        {
            "kind": "note", "message_id": f"playbook/{run.pk}/{run.step}", "at": batch.now.isoformat(), "event": batch.playbook.name[:200],
            "text": piped(step.text, batch.values(run)), "about": run.profile_id,
        }
        for run in batch.runs if run.profile_id
    ]  # fmt: skip
    if rows:
        put_rows(workspace=batch.playbook.workspace_id, source=product_source(batch.playbook.workspace_id, SOURCE), rows=rows)
    return {run.pk: _("Nobody knows who the customer is.") for run in batch.runs if not run.profile_id}


_DO: dict[type, Callable[..., Told]] = {
    OpenCase: open_case, Notify: notify, Assign: assign, Tag: tag, Close: close_case, Write: write, MakeOffer: make_offer, Ask: ask,
    SetTrait: set_trait, Call: call,
    Note: note,
}  # fmt: skip


def perform(step: Step, batch: Batch) -> Told:
    """Do it for all of them; what there is to say of each. Raises whatever goes wrong: then nothing was done."""
    return _DO[type(step)](step, batch)

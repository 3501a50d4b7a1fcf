"""What somebody complains about on the public page becomes a case and a complaint, once however often it is sent."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from regard.care.cases.models import Case
from regard.care.cases.open import Opening, open_cases
from regard.care.complaints.complain import Filing, complain
from regard.care.complaints.models import Complaint, Via
from regard.care.complaints.public.files import MOST
from regard.care.complaints.public.forms import ComplaintForm
from regard.care.complaints.public.models import ComplaintDoor
from regard.care.files.keep import keep_files
from regard.care.letters.models import Direction, Letter
from regard.customers.contact.channels import Channel
from regard.customers.identity.graph import Sighting
from regard.customers.identity.resolve import resolve
from regard.customers.people.models import Profile
from regard.customers.traits.describe import Telling, describe
from regard.ledger.sources.product import product_source

BY = "Complaint form"
_TITLE = 90


@transaction.atomic
def file(door: ComplaintDoor, form: ComplaintForm, *, key: str, language: str, now: datetime) -> Complaint:
    """`key` names one filling in of the form. Who it is has not been checked: what they say stands beside it."""
    given, workspace = form.cleaned_data, door.workspace
    origin = f"complaint {door.pk}/{key}"
    (profile,) = resolve(workspace.pk, [Sighting(keys=form.keys)])
    name = " ".join(given["name"].split())
    if name and not Profile.objects.filter(pk=profile).exclude(name="").exists():  # what we know goes before what a form says
        describe(workspace.pk, [Telling(profile, product_source(workspace.pk, BY), now, name=name)])
    said = " ".join(given["words"].split())
    title = f"{said[:_TITLE]}…" if len(said) > _TITLE else said
    channel = Channel.EMAIL if given["email"] else Channel.SMS
    opening = Opening(
        title=title, origin=origin, queue=door.queue if door.queue and door.queue.retired is None else None, profile=profile,
        words=given["words"], language=language, channel="web", tone="bad",
    )  # fmt: skip
    made = open_cases(workspace, [opening], by=BY, now=now)
    if not made:
        return Complaint.objects.select_related("case__workspace", "case__profile", "rule").get(case__workspace=workspace, case__origin=origin)
    (case,) = made
    address = given["email"] or given["phone"]
    letter = Letter.objects.create(
        case=case, direction=Direction.IN, channel=channel, address=address, subject="", text=given["words"].replace("\0", ""), at=now
    )
    most = MOST * settings.CASE_FILE_BYTES
    letter.attachments = [one[:200] for one in keep_files(case, given["files"], by=address, now=now, letter=letter, most_bytes=most)]
    letter.save(update_fields=["attachments"])
    Case.objects.filter(pk=case.pk).update(unheard=True)
    filing = Filing(via=Via.FORM, received=now, remedy=given["remedy"], wish=given["wish"], complainant=form.complainant)
    return complain(case, filing, by=BY, now=now)

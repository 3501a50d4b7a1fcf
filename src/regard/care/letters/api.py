from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import StringConstraints

from regard.care.cases.api import case_or_404, do
from regard.care.cases.models import Case
from regard.care.cases.work import held
from regard.care.letters.models import Direction, Letter
from regard.care.letters.receive import heard
from regard.care.letters.write import write
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["cases"])
Said = Annotated[str, StringConstraints(pattern=r"^[^\x00]*[^\x00\s][^\x00]*$", max_length=10_000)]
Key = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=100)]


class LetterOut(Schema):
    id: int
    direction: Literal["in", "out"]
    channel: str
    subject: str
    text: str
    by: str
    at: str
    foreign: bool = Field(description="from somebody else than the customer")
    trouble: str = Field(description="why it was not sent")


class LetterIn(Schema):
    direction: Literal["in", "out"] = Field("out", description="out: to the customer; in: what they said to another system, such as a chat")
    text: Said
    channel: Literal["e-mail", "SMS", "WhatsApp", "chat", "web"] = Field("e-mail", description="out: by e-mail, SMS or WhatsApp")
    subject: Annotated[str, StringConstraints(pattern=r"^[^\x00\r\n]*$", max_length=250)] = ""
    wait: bool = Field(True, description="out: then it is the customer’s turn")
    key: Key = Field("", description="in: your own name for it; the same again is kept once")


@router.get("/{int:number}/letters", response=list[LetterOut], summary="What was written in a case, the oldest first")
def index(request: HttpRequest, number: int) -> list[dict[str, Any]]:
    return [_told(one) for one in case_or_404(request, number).letters.order_by("pk")[:1_000]]


@router.post("/{int:number}/letters", response={201: LetterOut, 200: LetterOut}, auth=KeyAuth(write=True), summary="Write, or pass on what was said")
def add(request: HttpRequest, number: int, given: LetterIn) -> tuple[int, dict[str, Any]]:
    """To the customer as the contact policy lets it (422 says why not). What the customer said opens a case that is closed, or goes on with it;
    200 where its `key` is known.
    """
    case, who, now = case_or_404(request, number), caller(request), timezone.now()
    if given.direction == "in":
        return _heard(case, given)
    made: list[Letter] = []
    do(lambda: made.append(write(case, given.text, by=who.id, now=now, channel=given.channel, subject=given.subject, wait=given.wait)))
    return 201, _told(made[0])


@transaction.atomic
def _heard(case: Case, given: LetterIn) -> tuple[int, dict[str, Any]]:
    current, now = held(case), timezone.now()
    reference = f"api {given.key}" if given.key else ""
    known = current.letters.filter(direction=Direction.IN, reference=reference).first() if reference else None
    if known is not None:
        return 200, _told(known)
    letter = Letter.objects.create(
        case=current, direction=Direction.IN, channel=given.channel, address="", subject=given.subject, text=given.text, at=now, reference=reference
    )
    heard(current, given.text, now=now)
    return 201, _told(letter)


def _told(one: Letter) -> dict[str, Any]:
    return {
        "id": one.pk, "direction": one.direction, "channel": one.channel, "subject": one.subject, "text": one.text, "by": one.by,
        "at": one.at.isoformat(), "foreign": one.foreign, "trouble": one.trouble,
    }  # fmt: skip

"""Everything that happened with a complaint, in the order in which it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from regard.care.cases.models import What
from regard.care.complaints.evidence.files import Enclosed, named
from regard.care.complaints.models import Complaint, Ruling, Severity
from regard.care.complaints.redress.models import RedressKind

#: Steps that say no more than an entry of their own does.
_SAID_ELSEWHERE = {
    What.WROTE, What.HEARD, What.COMPLAINED, What.ACKNOWLEDGED, What.ASSESSED, What.FOUND, What.EXTENDED, What.OFFERED, What.APPROVED,
    What.REFUSED, What.PAID, What.RULED, What.ANSWERED,
}  # fmt: skip


def entries_of(complaint: Complaint, files: Mapping[UUID, Enclosed]) -> list[dict[str, Any]]:
    """Each with `at` (UTC), `what`, `by` and what it says; texts as they are, nothing shortened."""
    found = sorted(_all(complaint, files), key=lambda one: one[0])
    return [{"at": at.isoformat(timespec="seconds"), "what": what, "by": by, **about} for at, what, by, about in found]


def _all(one: Complaint, files: Mapping[UUID, Enclosed]) -> Iterator[tuple[datetime, str, str, dict[str, Any]]]:
    case = one.case
    yield one.received, "received", one.by, {
        "via": one.via, "title": case.title, "words": case.words, "asks_for": one.remedy, "wish": one.wish, "complainant": one.complainant,
        "score": case.score, "deadlines": one.rule.name, "acknowledge_by": one.acknowledge_by.isoformat(), "answer_by": one.answer_by.isoformat(),
    }  # fmt: skip
    if one.acknowledged:
        yield one.acknowledged, "acknowledged", "", {"how": one.acknowledged_how}
    for letter in case.letters.prefetch_related("files"):
        about = {"channel": letter.channel, "address": letter.address, "subject": letter.subject, "text": letter.text, "trouble": letter.trouble}
        yield letter.at, "letter in" if letter.direction == "in" else "letter out", letter.by, {
            **about, "from_elsewhere": letter.foreign, "files": named(letter.files.all(), files), "files_not_kept": "; ".join(letter.attachments),
        }  # fmt: skip
    for step in case.steps.prefetch_related("files"):
        if step.what not in _SAID_ELSEWHERE:
            yield step.at, step.what, step.by, {"text": step.text, "files": named(step.files.all(), files)}
    for assessed in one.assessments.all():
        yield assessed.at, "assessed", assessed.by, {
            "severity": str(Severity(assessed.severity).label), "safety": assessed.safety, "complex": assessed.complex, "others": assessed.wide,
            "vulnerable": assessed.vulnerable, "at_once": assessed.urgent, "text": assessed.text,
        }  # fmt: skip
    for finding in one.findings.all():
        yield finding.at, "found", finding.by, {"text": finding.text}
    for longer in one.extensions.all():
        yield longer.at, "put off", longer.by, {"until": longer.until.isoformat(), "text": longer.text}
    yield from _money(one)
    for ruled in one.rulings.all():
        yield ruled.at, "decided", ruled.by, {"ruling": str(Ruling(ruled.ruling).label), "reasons": ruled.reasons}
    for answer in one.answers.all():
        until = answer.refer_until.isoformat() if answer.refer_until else None
        yield answer.at, "final response", answer.by, {"how": answer.how or "letter", "text": answer.text, "refer_until": until}
    for referral in one.referrals.all():
        yield referral.at, "referred", referral.by, {"authority": referral.authority, "reference": referral.reference}
        if referral.decided:
            yield referral.decided, "ombudsman decided", "", {"overturned": referral.overturned, "text": referral.outcome}
    for breach in case.breaches.all():
        yield breach.at, "late", "", {"clock": breach.clock, "due": breach.due.isoformat()}
    for closure in case.closures.all():
        yield closure.at, "closing", closure.by, {"outcome": closure.outcome}
        if closure.said:
            yield closure.said, "customer said", "", {"solved": closure.says == "solved", "text": closure.words}


def _money(one: Complaint) -> Iterator[tuple[datetime, str, str, dict[str, Any]]]:
    currency = one.case.workspace.currency
    for row in one.redress.all():
        about = {"amount": str(row.amount), "currency": currency, "kind": str(RedressKind(row.kind).label), "reason": row.reason}
        yield row.at, "money proposed", row.by, about
        if row.approved:
            yield row.approved, "money approved", row.approved_by, about
        if row.refused:
            yield row.refused, "money refused", row.refused_by, {**about, "why": row.refusal}
        if row.paid:
            yield row.paid, "money paid", row.paid_by, {**about, "reference": row.reference}

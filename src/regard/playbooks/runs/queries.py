"""What rules are about: read from the ledger, of a batch that was just recorded, or of the last weeks to try a rule on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from regard.customers.people.models import Profile
from regard.governance.initiatives.hold_outs import HeldOut
from regard.metrics.afterwards import answers_after
from regard.metrics.dimensions import Names
from regard.metrics.query import read_filters
from regard.metrics.sql import Parts, condition, stamp
from regard.metrics.unnamed import UNNAMED
from regard.playbooks.rules.definition import Answered, Happened, Rule
from regard.playbooks.rules.models import Playbook
from regard.playbooks.runs.models import Run, RunState
from regard.science import Difference, Estimate, difference, mean
from regard.science.difference import gap
from regard.segments.compile import WHO, WITH_CUSTOMERS
from regard.segments.queries import members_among
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

#: Of a trial no more are shown and counted one by one.
MOST_TRIED = 20_000


@dataclass(frozen=True)
class Occasion:
    """Something that a rule is about. `profile` 0: nobody knows whose."""

    cause: str
    profile: int
    at: datetime
    about: dict[str, Any]
    case: int | None = None

    @property
    def score(self) -> str:
        return score_in(self.about)


def occasions(
    workspace: Workspace, when: Answered | Happened, *, since: datetime, inboxes: Sequence[int] | None = None, most: int = MOST_TRIED
) -> list[Occasion]:  # fmt: skip
    """The newest first. Raises BadQuery where a condition names what is not there any more. Of anonymous programmes nothing: that somebody
    acts on an answer could say whose it is.
    """
    parts, names = Parts(), Names.of(workspace.pk)
    kind = "answer" if isinstance(when, Answered) else "interaction"
    conditions = ["$workspace", f"kind = '{kind}'", "at >= {since:DateTime64(3, 'UTC')}"]
    conditions.append("part = 0 and ledger.profile != 0" if kind == "interaction" else "programme not in {unnamed:Array(String)}")
    values: dict[str, object] = {"since": stamp(since), "most": most}
    if kind == "answer":
        values["unnamed"] = list(UNNAMED.programmes(workspace.pk))
    if when.touchpoints:
        conditions.append("touchpoint in {points:Array(UInt32)}")
        values["points"] = list(when.touchpoints)
    if isinstance(when, Answered) and when.metric:
        conditions.append(f"metric = {{metric:String}} and isNotNull(score) and {_scored(when.op, inboxes is not None)}")
        values |= {"metric": when.metric, "score": float(when.score or 0)}
    if inboxes is not None:
        conditions.append("inbox in {inboxes:Array(UInt64)}")
        values["inboxes"] = list(inboxes)
    conditions += [condition(one, names, workspace.zone, parts) for one in read_filters(when.where)]
    sql = (
        "select lower(hex(ledger.id)) as id, lower(hex(response)) as answered, ledger.profile as profile, at, touchpoint, unit, channel, metric, "
        f"score, text, language, programme, event from ledger{parts.join()} where {' and '.join(conditions)} "
        "order by at desc, ledger.id limit {most:UInt32}"
    )
    rows = warehouse().select(Scope(workspace.pk), sql, {**parts.values, **values})
    found: dict[str, Occasion] = {}
    for id, answered, profile, at, touchpoint, unit, channel, metric, score, text, language, programme, event in rows:
        from_response = kind == "answer" and answered.strip("0")
        cause = f"answer {answered}" if from_response else f"row {id}"
        if cause in found:
            continue  # a second question of one response
        about = {
            "touchpoint": touchpoint or None, "unit": unit or None, "channel": channel, "metric": metric, "score": score,
            "words": text[:2_000], "language": language,
            "programme": programme, "event": event, "response": answered if from_response else "",
        }  # fmt: skip
        found[cause] = Occasion(cause, int(profile), at, {name: value for name, value in about.items() if value not in ("", None)})
    return list(found.values())


def _scored(op: str, batch: bool) -> str:
    """The condition on the score. What changed is looked for among the answers of those who have just answered, whoever they are today."""
    if op not in _CHANGED:
        return f"assumeNotNull(score) {op} {{score:Float64}}"
    lately = "inbox in {inboxes:Array(UInt64)}" if batch else "at >= {since:DateTime64(3, 'UTC')}"
    answers = f"from {WITH_CUSTOMERS} where $workspace and kind = 'answer' and metric = {{metric:String}} and isNotNull(score)"
    answers += " and ledger.profile != 0"
    return f"""(ledger.id, part) in (
        select id, part from (
            select id, part, {_CHANGED[op]} as change from (
                select {WHO} as who, id, part, at, score {answers} and {WHO} in (select {WHO} {answers} and {lately})
            ) window w as (partition by who order by at, id, part rows between unbounded preceding and unbounded following)
        ) where change >= {{score:Float64}}
    )"""


#: By how much a score changed since the customer's answer before it; null where there is none.
_CHANGED = {"fell": "lagInFrame(score) over w - score", "rose": "score - lagInFrame(score) over w"}


def score_in(about: dict[str, Any]) -> str:
    """`NPS 3`; "" where nothing was scored."""
    return "" if about.get("score") is None else f"{about.get('metric', '').upper()} {about['score']:g}".strip()


def fitting(workspace: int, rule: Rule, found: Sequence[Occasion]) -> list[Occasion]:
    """Those whose customer belongs to the segment that the rule names."""
    if rule.segment is None or not found:
        return list(found)
    customers = customers_of([one.profile for one in found])
    belong = members_among(Scope(workspace), rule.segment, set(customers.values()))
    return [one for one in found if customers.get(one.profile) in belong]


def customers_of(profiles: Sequence[int]) -> dict[int, int]:
    """Profile → whose it is today."""
    found = Profile.objects.filter(pk__in={one for one in profiles if one}).values_list("pk", "merged_into")
    return {pk: merged or pk for pk, merged in found}


@dataclass(frozen=True)
class Uplift:
    """What customers answered after a run, against those who were left alone by chance, in points of the score (NPS: −100 … +100, CSAT: %)."""

    metric: str
    run: Estimate
    alone: Estimate
    difference: Difference

    @property
    def told(self) -> bool:
        """Enough on both sides to speak of."""
        return min(self.run.n, self.alone.n) >= 30


#: So long after it an answer still has to do with it.
_AFTER_DAYS = 60
_MOST_RUNS = 200_000


def _drawn(playbook: Playbook) -> Q:
    """Runs of rules that left some alone then: whom other rules ran for was not drawn, and compares with nobody."""
    versions: dict[int, list[int]] = {}
    for version in playbook.versions.all():
        for number, rule in enumerate(version.read):
            if rule.hold_out:
                versions.setdefault(number, []).append(version.pk)
    return reduce(or_, (Q(rule=number, version__in=pks) for number, pks in versions.items()), Q(pk__in=()))


def hold_outs(workspace: int) -> dict[int, str]:
    """Playbooks that leave some customers alone by chance: names."""
    found = Playbook.objects.filter(workspace=workspace, retired=None).order_by("name")
    return {one.pk: one.name for one in found if any(rule.hold_out for rule in one.version.read)}


def held_out(workspace: int, number: int, metric: str, touchpoints: Sequence[int]) -> HeldOut | None:
    """What one of them did to one score (given at these touchpoints, where any are named), with its interval."""
    playbook = Playbook.objects.filter(workspace=workspace, pk=number, retired=None).first()
    if playbook is None:
        return None
    found = next((one for one in uplifts(playbook, touchpoints) if one.metric == metric), None)
    if found is None:
        return HeldOut(playbook.name, None, 0, 0, _AFTER_DAYS)
    return HeldOut(playbook.name, gap(found.run, found.alone), found.run.n, found.alone.n, _AFTER_DAYS)


def uplifts(playbook: Playbook, touchpoints: Sequence[int] = ()) -> list[Uplift]:
    """By metric, where both sides have answered: each customer's first answer within so many days after their first run."""
    runs = Run.objects.filter(_drawn(playbook), playbook=playbook, profile__isnull=False).order_by("begun")
    rows = runs.values_list("profile__merged_into", "profile", "begun", "state")[:_MOST_RUNS]
    first: dict[int, tuple[datetime, int]] = {}
    for merged, own, begun, state in rows:
        first.setdefault(merged or own, (begun, int(state == RunState.HELD)))
    if not any(held for _at, held in first.values()):
        return []
    since = ((customer, at, held) for customer, (at, held) in first.items())
    found = answers_after(Scope(playbook.workspace_id), since, days=_AFTER_DAYS, touchpoints=touchpoints)
    told = []
    for metric in sorted({metric for metric, _held in found if (metric, 1) in found and (metric, 0) in found}):
        run, alone = (
            mean(n=one.n, total=one.total, total_of_squares=one.squares) for one in (found[metric, 0], found[metric, 1])
        )
        told.append(Uplift(metric, run, alone, difference(run, alone)))
    return told

"""Filters and tags of the parts (web/components). Built in: templates need no `load`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from regard.web import numbers
from regard.web.charts.chart import Chart

register = template.Library()


@register.filter
def count(value: float | None) -> str:
    return numbers.count(value)


@register.filter
def many(value: int, most: int = 1_000) -> str:
    """A count that stops at so many: `1,000+` is that many and more."""
    return numbers.count(value) + ("+" if value >= most else "")


@register.filter
def score(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else numbers.decimal(value, digits)


@register.filter
def signed(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else numbers.signed(value, digits)


@register.filter
def duration(seconds: float | None) -> str:
    return numbers.duration(seconds)


@register.filter
def money(value: float | None, currency: str = "EUR") -> str:
    return numbers.money(value, currency)


@register.filter
def ago(moment: datetime | date | None) -> str:
    return numbers.ago(moment)


@register.filter
def until(moment: datetime | None) -> str:
    return numbers.until(moment)


@register.filter
def iso(moment: datetime) -> str:
    """For the `datetime` of a time element."""
    return numbers.aware(moment).isoformat(timespec="seconds")


@register.filter
def initials(name: object) -> str:
    """`Inès Moreau` → `IM`; `ines@…` → `IN`."""
    words = re.findall(r"\w+", str(name).partition("@")[0])
    return "".join(word[0] for word in words[:2]) if len(words) > 1 else "".join(words)[:2]


@register.filter
def mark(text: str, sought: str) -> SafeString:
    """Escaped text with what was searched for marked."""
    if not sought:
        return format_html("{}", text)
    pieces = re.split(f"({re.escape(sought)})", text, flags=re.IGNORECASE)
    return mark_safe(  # noqa: S308 - every piece is escaped by format_html
        "".join(format_html("<mark>{}</mark>" if odd % 2 else "{}", piece) for odd, piece in enumerate(pieces))
    )


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The theme the reader chose, from the cookie; empty follows their system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if isinstance(request, HttpRequest) else ""
    return chosen if chosen in {"light", "dark"} else ""


@register.inclusion_tag("web/components/_field.html")
def field(bound: BoundField, label: str = "", help: str | None = None) -> dict[str, object]:
    """A field with its label, help and faults. `label` and `help` stand in for a library form's own words."""
    widget = bound.field.widget
    if label or widget.attrs.get("placeholder") == bound.label:  # a placeholder that repeats the label says nothing
        widget.attrs.pop("placeholder", None)
    bound.label = label or bound.label
    bound.help_text = bound.help_text if help is None else help
    kind = "check" if isinstance(widget, CheckboxInput) else "line"
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        kind = "group"
    return {"field": bound, "kind": kind}


@register.inclusion_tag("web/components/_fields.html")
def fields(form: object) -> dict[str, object]:
    return {"form": form}


@register.inclusion_tag("web/components/_split.html")
def split(good: float, mid: float, bad: float) -> dict[str, object]:
    """Promoters, passives, detractors (or any good, middle, bad) as shares of one bar, 0–1 each."""
    whole = (good + mid + bad) or 1.0
    good, mid, bad = 100 * good / whole, 100 * mid / whole, 100 * bad / whole
    return {
        "good": round(good),
        "mid": round(mid),
        "bad": round(bad),
        "width_good": f"{good:.2f}%",
        "width_mid": f"{mid:.2f}%",
        "width_bad": f"{bad:.2f}%",
        "x_bad": f"{good + mid:.2f}%",
        "gap_one": good > 0 and mid + bad > 0,
        "gap_two": bad > 0 and mid > 0,
    }


@register.inclusion_tag("web/components/_bar.html")
def bar(share: float, tone: str = "accent") -> dict[str, object]:
    """A share of one, 0–1, as a bar in a table."""
    return {"width": f"{100 * min(max(share, 0.0), 1.0):.1f}%", "tone": tone}


@register.inclusion_tag("web/components/_score_card.html")
def score_card(card: object) -> dict[str, object]:
    return {"card": card}


@register.inclusion_tag("web/components/_delta.html")
def delta(change: object) -> dict[str, object]:
    return {"change": change}


@register.inclusion_tag("web/components/_chart.html")
def chart(chart: Chart, table: bool = True) -> dict[str, object]:
    return {"chart": chart, "table": table}


@register.inclusion_tag("web/components/_pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[object]) -> dict[str, object]:
    query = context["request"].GET.copy()
    query.pop("page", None)
    return {"page": page, "query": query.urlencode()}


@register.inclusion_tag("web/components/_empty.html")
def empty(title: str, text: str = "", href: str = "", action: str = "", small: bool = False) -> dict[str, object]:
    return {"title": title, "text": text, "href": href, "action": action, "small": small}


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """This page's address with some parameters changed; an empty value drops one, and so does paging."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def selected(given: Mapping[str, str], name: str) -> str:
    """What the address chose for this filter."""
    return given.get(name, "")


@register.filter
def indented(depth: int) -> str:
    """Non-breaking spaces for a tree in a select."""
    return "\u00a0\u00a0\u00a0" * depth


@register.filter
def times(number: int) -> Iterator[int]:
    return iter(range(number))

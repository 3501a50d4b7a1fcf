"""Numbers, durations and money as the reader's language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext

MINUS = "\u2212"
#: Currencies written with a sign; the rest show their code.
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF\u00a0", "PLN": "zł", "INR": "₹"}


def decimal(value: float, digits: int = 0) -> str:
    """`1234.5` → `1,234.5`, with a true minus sign and never a negative zero."""
    rounded = round(value, digits) or 0.0
    text = number_format(abs(rounded), decimal_pos=digits, use_l10n=True, force_grouping=True)
    return (MINUS if rounded < 0 else "") + str(text)


def signed(value: float, digits: int = 0) -> str:
    """As `decimal`, with a plus sign where it belongs: `+34`."""
    text = decimal(value, digits)
    return text if text.startswith(MINUS) or round(value, digits) == 0 else f"+{text}"


def count(value: float | None) -> str:
    return "–" if value is None else decimal(value)


def duration(seconds: float | None) -> str:
    """`380` → `6 min 20 s`."""
    if seconds is None:
        return "–"
    if seconds < 10 and round(seconds, 1) != round(seconds):
        return gettext("%(n)s s") % {"n": decimal(seconds, 1)}
    left = round(seconds)
    parts: list[str] = []
    for size, form in (
        (86_400, gettext("%(n)s d")),
        (3_600, gettext("%(n)s h")),
        (60, gettext("%(n)s min")),
        (1, gettext("%(n)s s")),
    ):
        whole, left = divmod(left, size)
        if whole or (size == 1 and not parts):
            parts.append(form % {"n": decimal(whole)})
    return " ".join(parts[:2])


def money(value: float | None, currency: str = "EUR") -> str:
    """`1234.5, "EUR"` → `€1,234.50`, or `1.234,50 €` where that is the custom. Whole amounts from 1,000 on
    lose their cents.
    """
    if value is None:
        return "–"
    digits = 0 if currency == "JPY" or abs(value) >= 1000 else 2
    sign = SIGNS.get(currency, currency + "\u00a0")
    amount = decimal(abs(value), digits)
    minus = MINUS if value < 0 else ""
    if (get_language() or "en").startswith("en"):
        return f"{minus}{sign}{amount}"
    return f"{minus}{amount}\u00a0{sign.strip()}"


def aware(moment: datetime) -> datetime:
    """The ledger gives its times in UTC and does not say so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def ago(moment: datetime | date | None, now: datetime | None = None) -> str:
    """`today 09:12`, `yesterday 17:40`, `18 Nov`, `2 Sep 2024`, in the workspace's zone."""
    if moment is None:
        return "–"
    if not isinstance(moment, datetime):
        return str(date_format(moment, "j M Y"))
    here = timezone.localtime(aware(moment))
    today = timezone.localtime(now).date()
    clock = date_format(here, "H:i")
    if here.date() == today:
        return gettext("today %(time)s") % {"time": clock}
    if here.date() == today - timedelta(days=1):
        return gettext("yesterday %(time)s") % {"time": clock}
    return str(date_format(here, "j M" if here.year == today.year else "j M Y"))


def yes_no(value: bool) -> str:
    return gettext("yes") if value else gettext("no")


def days(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": decimal(number)}


def until(moment: datetime | None, now: datetime | None = None) -> str:
    """How far off it is: `in 25 min`, `in 5 h`, `in 3 days`; `2 h late` once it has passed."""
    if moment is None:
        return "–"
    seconds = (aware(moment) - (now or timezone.now())).total_seconds()
    far = abs(seconds)
    if far < 3_600:
        told = gettext("%(n)s min") % {"n": decimal(far // 60)}
    elif far < 48 * 3_600:
        told = gettext("%(n)s h") % {"n": decimal(far // 3_600)}
    else:
        told = days(int(far // 86_400))
    return gettext("in %(time)s") % {"time": told} if seconds >= 0 else gettext("%(time)s late") % {"time": told}

"""Numbers, durations and money as the reader's language writes them."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from regard.web import numbers


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1234.5, 0, "1,234"), (-0.04, 1, "0.0"), (-3.25, 1, "\u22123.2"), (0, 0, "0")],
)
def test_decimals(value, digits, text):
    assert numbers.decimal(value, digits) == text


def test_a_german_reader_sees_a_decimal_comma():
    with translation.override("de"):
        assert numbers.decimal(1234.5, 1) == "1.234,5"
        assert numbers.money(47.9, "EUR") == "47,90\u00a0€"


@pytest.mark.parametrize(("value", "text"), [(34.2, "+34"), (-20, "\u221220"), (0.2, "0")])
def test_scores_carry_their_sign(value, text):
    assert numbers.signed(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (4.25, "4.2 s"), (42, "42 s"), (380, "6 min 20 s"), (3600, "1 h"), (90_061, "1 d 1 h")],
)
def test_durations(seconds, text):
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (47.9, "EUR", "€47.90"),
        (412_000, "EUR", "€412,000"),
        (-5, "USD", "\u2212$5.00"),
        (5, "SEK", "SEK\u00a05.00"),
    ],
)
def test_money(amount, currency, text):
    assert numbers.money(amount, currency) == text


def test_moments_are_told_in_the_readers_zone_and_the_ledgers_are_utc():
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with timezone.override("Europe/Paris"):
        assert numbers.ago(datetime(2026, 11, 22, 8, 12), now) == "today 09:12"
        assert numbers.ago(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), now) == "today 00:30"
        assert numbers.ago(datetime(2026, 11, 21, 12, tzinfo=UTC), now) == "yesterday 13:00"
        assert numbers.ago(datetime(2025, 11, 2, 12, tzinfo=UTC), now) == "2 Nov 2025"

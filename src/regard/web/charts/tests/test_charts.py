"""Charts: valid Vega-Lite, painted without anything that a strict policy refuses, with the words readers need."""

import re

import pytest

from regard.web.charts import Point, bars, dots, trend
from regard.web.charts.look import ticks, told_apart
from regard.web.numbers import decimal, signed

WEEKS = [
    Point(f"week {n}", None if n == 3 else 20.0 + n, 15.0 + n, 25.0 + n, tick="Sep" if n < 5 else "Oct", n=40)
    for n in range(9)
]
GROUPS = [
    Point("Lyon <b>", 48.0, 44.0, 52.0, tone="good", n=1204),
    Point("Nord", 12.0, 8.0, 16.0, tone="bad", n=1377),
]
CHARTS = {
    "trend": trend(WEEKS, label="NPS by week", number=signed),
    "dots": dots(GROUPS, label="NPS by region", number=signed, reference=34.0, reference_label="all: +34"),
    "bars": bars(GROUPS, label="Answers", number=decimal, rows=True),
    "upright": bars(WEEKS, label="Answers", number=decimal),
}


@pytest.mark.parametrize("name", CHARTS)
def test_the_specification_is_valid(name):
    import altair

    for _size, spec in CHARTS[name].specs.items():
        altair.LayerChart.from_dict(spec)


@pytest.mark.parametrize("name", CHARTS)
def test_the_painting_has_a_name_and_no_style(name):
    for size, svg, _spec in CHARTS[name].sizes:
        assert f'class="{size}-only"' in svg and 'role="img"' in svg and f'aria-label="{CHARTS[name].label}"' in svg
        assert " style=" not in svg and "<style" not in svg and "<script" not in svg
        assert not re.search(r'(?:fill|stroke)="#(?!000)', svg)  # colours are the page's variables


def test_what_people_typed_is_escaped():
    (_wide, svg, spec), _narrow = CHARTS["dots"].sizes
    assert "Lyon <b>" not in svg and "Lyon &lt;b&gt;" in svg
    assert "<b>" not in spec


def test_every_group_has_its_label_even_when_there_are_many():
    many = dots([Point(f"group {n}", float(n), n - 1.0, n + 1.0) for n in range(24)], label="x", number=decimal)
    for _size, svg, _spec in many.sizes:
        assert all(f">group {n}<" in svg for n in range(24))


def test_the_table_behind_a_trend_says_when_nobody_answered():
    assert CHARTS["trend"].rows[3][:2] == ("week 3", "–")
    assert CHARTS["trend"].rows[0] == ("week 0", "+20", "+15 to +25", "40")


@pytest.mark.parametrize(("low", "high"), [(0, 1), (-12.3, 56), (5.5, 5.7), (3, 3), (0, 1_000_000)])
def test_ticks_are_round_and_cover_the_values(low, high):
    marks = ticks(low, high)
    assert marks[0] <= low and marks[-1] >= high and 2 <= len(marks) <= 8


@pytest.mark.parametrize("value", [0.0, 5.6, 22.0, 100.0])
def test_values_nearly_equal_have_an_axis_whose_labels_differ(value):
    for low, high in ((value, value), (value, value + 0.3), (value, value + 2)):
        labels = [signed(mark) for mark in told_apart(low, high, signed)]
        assert len(labels) >= 2 and len(set(labels)) == len(labels)
    assert told_apart(0, 1, decimal, from_zero=True) == [0, 1]

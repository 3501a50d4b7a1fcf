"""Where, when and to whom: what makes no sense is refused, what is as it is anyway is not kept."""

import pytest

from regard.listening.widgets.targeting import BadTargeting, Targeting, read, written


def test_there_and_back():
    given = {
        "where": [{"how": "begins", "value": "/account/"}], "event": "checkout done", "share": 25, "devices": "phone",
        "pauses": {"shown": 1}, "button": {"text": {"en": "Feedback"}, "side": "left"},
    }  # fmt: skip
    assert written(read(given)) == given and written(Targeting()) == {}


@pytest.mark.parametrize(
    "given",
    [
        {"where": [{"how": "looks like", "value": "/"}]}, {"where": [{"how": "is", "value": ""}]}, {"where": [{"how": "is", "value": "/"}] * 51},
        {"share": 0}, {"share": 101}, {"seconds": -1}, {"scroll": 101}, {"devices": "watch"}, {"pauses": {"shown": -1}}, {"unknown": 1},
        {"event": "a\0b"}, {"button": {"text": {"en": "x"}, "side": "top"}}, [],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(given):
    with pytest.raises(BadTargeting):
        read(given)

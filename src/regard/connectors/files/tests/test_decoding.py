import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regard.connectors.files.chunking import sample
from regard.connectors.files.dates import to_moments
from regard.connectors.files.decoding import decode
from regard.connectors.files.guessing import guess
from regard.connectors.files.import_map import ColumnMap, Constants, ImportMap
from regard.connectors.files.numbers import to_numbers
from regard.connectors.files.reading import Reading
from regard.connectors.files.sniffing import sniff
from regard.ledger.record.columns import REFUSED, ROWS

IMPORTED = datetime(2026, 6, 1, 12, tzinfo=UTC)
WHO = ColumnMap(column="who", becomes="user_id")
NPS = ColumnMap(column="score", becomes="score", metric="nps")


def chunk(**columns):
    size = len(next(iter(columns.values())))
    cells = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    return pa.table({**cells, "_row": pa.array(range(1, size + 1), pa.uint32())})


def decoded(table, *columns, what="answers", zone="UTC", namespace="file", **more):
    names = tuple(name for name in table.column_names if not name.startswith("_"))
    reading = more.pop("reading", Reading(columns=names))
    import_map = ImportMap(what=what, reading=reading, columns=list(columns), **more)
    found = decode(table, import_map, inbox=5, item_namespace=namespace, imported_at=IMPORTED, zone=ZoneInfo(zone))
    assert found.rows.schema == ROWS
    assert found.refused.schema == REFUSED
    places = set(found.rows["position"].to_pylist())
    assert places.isdisjoint(found.refused["position"].to_pylist())
    assert len(places) + found.refused.num_rows == table.num_rows
    in_order = found.rows.sort_by([("position", "ascending"), ("part", "ascending")])
    return in_order.to_pylist(), found.refused.to_pylist()


def test_a_wide_row_makes_an_answer_for_each_score_and_all_share_its_id():
    table = chunk(seat=["4", "0", ""], food=["5", "2", " "], note=["good", "", ""])
    columns = [
        ColumnMap(column=name, becomes="score", metric="csat", touchpoint=name.title(), not_applicable=["0"])
        for name in ("seat", "food")
    ]
    rows, refused = decoded(table, *columns, ColumnMap(column="note", becomes="text", of="seat"))
    assert [(r["position"], r["part"], r["touchpoint"], r["score"], r["text"]) for r in rows] == [
        (0, 0, "Seat", 4.0, "good"), (0, 1, "Food", 5.0, None), (1, 1, "Food", 2.0, None),
    ]  # fmt: skip
    assert rows[0]["id"] == rows[1]["id"] == rows[0]["response"] != rows[2]["id"]
    assert [(r["position"], r["code"]) for r in refused] == [(2, "nothing_usable")]
    assert {r["at"] for r in rows} == {IMPORTED}


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [
        ("11", "off_scale", "outside the scale 0 to 10"),
        ("-1", "off_scale", "outside the scale"),
        ("7.5", "off_scale", "no whole number"),
        ("nine", "bad_score", "is no number"),
        ("NaN", "bad_score", "is no number"),
        ("1e400", "bad_score", "is no number"),
    ],
)
def test_a_score_that_cannot_be_is_refused_naming_column_and_cell(cell, code, words):
    column = ColumnMap(column="score", becomes="score", metric="nps", scale=(0, 10))
    rows, refused = decoded(chunk(score=["9", cell]), column)
    assert [r["score"] for r in rows] == [9.0]
    assert refused[0]["code"] == code
    assert words in refused[0]["detail"]
    assert f"“{cell}”" in refused[0]["detail"]
    assert json.loads(refused[0]["raw"]) == {"score": cell}


def test_words_count_as_the_map_says_whatever_their_case():
    column = ColumnMap(column="s", becomes="score", metric="csat", scale=(0, 1), values={"Satisfied": 1, "no": 0})
    rows, refused = decoded(chunk(s=["satisfied", " NO ", "perhaps"]), column)
    assert [r["score"] for r in rows] == [1.0, 0.0]
    assert refused[0]["detail"] == "Column “s”: “perhaps” is no number, and the map gives it no value."


def test_a_comment_without_its_score_is_kept_as_a_comment():
    rows, _ = decoded(
        chunk(score=["", "9"], c=["lost my card", ""]), NPS, ColumnMap(column="c", becomes="text", of="score")
    )
    assert [(r["metric"], r["score"], r["text"], r["scale_low"]) for r in rows] == [
        (None, None, "lost my card", None), ("nps", 9.0, None, 0),
    ]  # fmt: skip


def test_a_file_may_name_the_metric_in_each_row():
    table = chunk(metric=["NPS", "csat", "mood"], score=["10", "4", "3"])
    columns = [ColumnMap(column="metric", becomes="metric"), ColumnMap(column="score", becomes="score")]
    rows, refused = decoded(table, *columns)
    assert [(r["metric"], r["scale_low"], r["scale_high"]) for r in rows] == [("nps", 0, 10), ("csat", 1, 5)]
    assert refused[0]["code"] == "bad_metric"


def test_naive_times_are_of_the_workspaces_zone_and_zoned_ones_are_not():
    table = chunk(score=["1"] * 4, when=["24-02-2015 11:35", "2015-02-24T11:35:00Z", "24.02.2015", "31-Jul-18"])
    when = ColumnMap(column="when", becomes="date", format="dmy")
    rows, _ = decoded(table, NPS, when, zone="Europe/Berlin")
    assert [r["at"].strftime("%Y-%m-%d %H:%M") for r in rows] == [
        "2015-02-24 10:35", "2015-02-24 11:35", "2015-02-23 23:00", "2018-07-30 22:00",
    ]  # fmt: skip


def test_dates_that_do_not_exist_or_are_missing_are_refused():
    when = ColumnMap(column="when", becomes="date", format="dmy")
    table = chunk(score=["1"] * 5, when=["31/02/2026", "yesterday", "", "01/01/9999", "01/01/1970"])
    rows, refused = decoded(table, NPS, when)
    assert [r["code"] for r in refused] == ["bad_date", "bad_date", "no_date", "bad_date"]
    assert rows[0]["at"] == datetime(1970, 1, 1, tzinfo=UTC)


def test_undated_rows_take_the_date_that_the_map_gives():
    rows, _ = decoded(chunk(score=["1"]), NPS, constants=Constants(date="2026-05-01"), zone="Europe/Paris")
    assert rows[0]["at"] == datetime(2026, 4, 30, 22, tzinfo=UTC)


def test_identity_is_the_key_where_there_is_one_else_the_place_in_the_file():
    key = ColumnMap(column="k", becomes="key")
    table = chunk(score=["1", "1", "1"], k=["a", "a", ""])
    keyed, _ = decoded(table, NPS, key, namespace="one")
    elsewhere, _ = decoded(table, NPS, key, namespace="two")
    assert keyed[0]["id"] == keyed[1]["id"] == elsewhere[0]["id"]
    assert keyed[2]["id"] != elsewhere[2]["id"]
    placed, _ = decoded(table, NPS, namespace="one")
    assert len({r["id"] for r in placed}) == 3  # real files repeat rows
    assert [r["id"] for r in decoded(table, NPS, namespace="one")[0]] == [r["id"] for r in placed]


def test_an_interaction_carries_all_its_measures():
    table = chunk(
        who=["7"],
        what=["8"],
        minutes=["1,5"],
        paid=["€ 1.234,50"],
        moved=["2"],
        shop=["Lyon"],
        size=["3"],
        day=["20260131"],
    )
    rows, _ = decoded(
        table,
        WHO,
        ColumnMap(column="what", becomes="event", prefix="Activity "),
        ColumnMap(column="what", becomes="touchpoint", prefix="Activity "),
        ColumnMap(column="minutes", becomes="duration", unit="minutes"),
        ColumnMap(column="paid", becomes="money"),
        ColumnMap(column="moved", becomes="handovers"),
        ColumnMap(column="shop", becomes="unit"),
        ColumnMap(column="size", becomes="property", number=True),
        ColumnMap(column="day", becomes="date"),
        what="interactions",
        reading=Reading(columns=tuple(table.column_names[:-1]), decimal=","),
        constants=Constants(currency="EUR", channel="store", source="till"),
    )
    (row,) = rows
    measures = ("kind", "event", "touchpoint", "duration", "money", "currency", "handovers")
    assert {name: row[name] for name in measures} == {
        "kind": "interaction", "event": "Activity 8", "touchpoint": "Activity 8", "duration": 90.0,
        "money": 1234.5, "currency": "EUR", "handovers": 2,
    }  # fmt: skip
    assert (row["user_id"], row["unit"], row["channel"]) == ("7", "Lyon", "store")
    assert json.loads(row["properties"]) == {"size": 3, "source": "till"}


def test_customers_are_identified_with_their_traits_or_refused():
    table = chunk(
        who=["7", ""],
        mail=["a@b.example", ""],
        plan=['say "hi"\\\n\t', "x"],
        paid=["12.5", ""],
        no=["4", "5"],
    )
    rows, refused = decoded(
        table,
        WHO,
        ColumnMap(column="mail", becomes="email"),
        ColumnMap(column="plan", becomes="trait"),
        ColumnMap(column="paid", becomes="trait", number=True, named="monthly"),
        what="customers",
    )
    assert (rows[0]["kind"], rows[0]["user_id"], rows[0]["email"]) == ("identify", "7", "a@b.example")
    assert json.loads(rows[0]["traits"]) == {"plan": 'say "hi"\\', "monthly": 12.5}
    assert refused[0]["detail"] == "The row names no customer."


def test_answers_that_tell_of_their_customer_identify_them_too():
    table = chunk(who=["7", "8"], score=["9", "8"], plan=["Max", ""])
    rows, _ = decoded(table, WHO, NPS, ColumnMap(column="plan", becomes="trait"))
    assert [(r["kind"], r["part"], r["traits"]) for r in rows] == [
        ("answer", 0, None), ("identify", 1, '{"plan":"Max"}'), ("answer", 0, None),
    ]  # fmt: skip


def test_a_row_broken_in_the_file_is_refused_as_it_stands_there():
    table = chunk(score=["9", None]).append_column("_problem", pa.array([None, "The row has 1 cells"]))
    rows, refused = decoded(table.append_column("_raw", pa.array([None, "9;cut"])), NPS)
    assert len(rows) == 1
    assert (refused[0]["code"], refused[0]["detail"], refused[0]["raw"]) == (
        "broken_row",
        "The row has 1 cells",
        "9;cut",
    )


def test_numbers_are_read_in_their_notation_alone():
    cells = pa.array(["1.234,5", "3,5", "1 234", "1'234,5", "12.34.5", "-2", "", None, "abc", "1,2,3", "5.5"])
    assert to_numbers(cells, decimal=",").to_pylist() == [
        1234.5, 3.5, 1234.0, 1234.5, None, -2.0, None, None, None, None, None,
    ]  # fmt: skip
    paid = pa.array(["1,234.5", "$3.50", "12 EUR", "1,23"])
    assert to_numbers(paid, decimal=".", money=True).to_pylist() == [
        1234.5, 3.5, 12.0, None,
    ]  # fmt: skip


@settings(deadline=None)
@given(st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30)))
def test_every_moment_is_read_back_in_every_notation(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    cells = [moment.isoformat(), moment.strftime("%d/%m/%Y %H:%M:%S.%f"), moment.isoformat() + "Z"]
    found = to_moments(pa.array(cells), order="dmy", zone=ZoneInfo("UTC")).to_pylist()
    assert found == [moment.replace(tzinfo=UTC)] * 3
    american = to_moments(pa.array([moment.strftime("%m/%d/%Y %I:%M:%S %p")]), order="mdy", zone=ZoneInfo("UTC"))
    assert american[0].as_py() == moment.replace(microsecond=0, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=4, max_size=4), min_size=1, max_size=8))
def test_whatever_the_cells_hold_every_row_is_used_or_refused_with_a_reason(rows):
    table = chunk(
        **{name: [row[i].encode("utf-8", "replace").decode() for row in rows] for i, name in enumerate("abcd")}
    )
    _, refused = decoded(
        table,
        ColumnMap(column="a", becomes="score", metric="csat", scale=(1, 7)),
        ColumnMap(column="b", becomes="date", format="dmy"),
        ColumnMap(column="c", becomes="email"),
        ColumnMap(column="d", becomes="property"),
        ColumnMap(column="d", becomes="text"),
    )
    assert all(row["code"] and row["detail"].endswith((".", "”.")) for row in refused)


def test_the_airline_survey_gives_the_same_csat_as_a_count_by_hand(data, read_all):
    path = data("airline_satisfaction/Invistico_Airline.csv")
    reading = sniff(path)
    import_map = guess(reading, sample(path, reading=reading), what="answers")
    rows, refused = read_all(path, import_map)
    assert [r["code"] for r in refused] == ["broken_row"]
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        lines = [line.strip().split(",") for line in file]
    whole = [line for line in lines if len(line) == len(names)]
    assert len(whole) == 37_956
    for name in ("Seat comfort", "Online boarding", "Cleanliness"):
        by_hand = [int(line[names.index(name)]) for line in whole]
        scores = [r["score"] for r in rows if r["touchpoint"] == name]
        assert sorted(scores) == sorted(float(score) for score in by_hand if score > 0)
    overall = [r["score"] for r in rows if r["touchpoint"] == "Overall satisfaction"]
    assert (len(overall), sum(overall)) == (37_956, sum(line[0] == "satisfied" for line in whole))


def last_words(path):
    return [line.split()[-1] for line in path.read_text().splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("name", "what", "made", "kind"),
    [
        ("airline_tweets/Tweets.csv", "answers", 14_640, "answer"),
        ("cdnow/CDNOW_sample.txt", "interactions", 6919, "interaction"),
        ("helpdesk/helpdesk.csv", "interactions", 13_710, "interaction"),
        ("telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv", "customers", 7043, "identify"),
        ("amazon_alexa/amazon_alexa.tsv", "answers", 3150, "answer"),
    ],
)
def test_real_files_decode_without_a_refused_row(data, read_all, name, what, made, kind):
    path = data(name)
    reading = sniff(path)
    rows, refused = read_all(path, guess(reading, sample(path, reading=reading), what=what))
    assert refused == []
    assert len(rows) == made
    assert {row["kind"] for row in rows} == {kind}
    assert len({(row["id"], row["part"]) for row in rows}) == made  # equal rows stay apart
    if "cdnow" in name:
        assert sum(row["money"] for row in rows) == pytest.approx(sum(map(float, last_words(path))))

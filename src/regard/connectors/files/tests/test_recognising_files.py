import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from regard.connectors.files.chunking import chunks
from regard.connectors.files.reading import UnreadableFile, settle, unique_names
from regard.connectors.files.sniffing import sniff

PLAIN = "name,score,when\nAnn,9,2026-01-31\nBob,3,2026-02-01\n"


def cells(path, reading=None):
    reading = reading or sniff(path)
    return [
        [row[name] for name in reading.columns] for chunk in chunks(path, reading=reading) for row in chunk.to_pylist()
    ]


def about(reading):
    return [question.about for question in reading.questions]


EXPECTED = [["Ann", "9", "2026-01-31"], ["Bob", "3", "2026-02-01"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_recognised_without_asking(write, encoding):
    path = write(PLAIN.replace("Ann", "Ànn"), encoding=encoding)
    reading = sniff(path)
    assert reading.questions == ()
    assert cells(path, reading)[0][0] == "Ànn"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_recognised(write, separator, end):
    path = write(PLAIN.replace(",", separator).replace("\n", end))
    reading = sniff(path)
    assert (reading.separator, reading.questions) == (separator, ())
    assert cells(path, reading) == EXPECTED


def test_gzip_is_unpacked_whatever_the_name(write):
    assert cells(write(gzip.compress(PLAIN.encode()), "file.csv")) == EXPECTED


def test_an_eight_bit_encoding_is_asked_about_never_guessed_silently(write):
    path = write(PLAIN.replace("Ann", "Zoë"), encoding="cp1252")
    reading = sniff(path)
    assert about(reading) == ["encoding"]
    assert cells(path, reading)[0][0] == "Zoë"
    question = reading.questions[0]
    assert "cp1252" in question.choices
    assert question.reason.endswith(".")
    assert sniff(path, settled={"encoding": "cp1252"}).questions == ()


def test_bytes_that_stop_being_utf8_late_in_the_file_are_still_seen(write):
    text = "name,score\n" + "Ann,9\n" * 400_000
    reading = sniff(write(text.encode() + b"Zo\xeb,3\n"))
    assert about(reading) == ["encoding"]


def test_decimal_commas_between_semicolons_are_recognised(write):
    reading = sniff(write("item;price;rate\nA;1.234,50;3,5\nB;12,00;4,25\n"))
    assert (reading.separator, reading.decimal, reading.questions) == (";", ",", ())


def test_a_number_that_could_be_thousands_or_decimals_is_asked_about(write):
    reading = sniff(write("item;price\nA;1.234\nB;2.500\n"))
    assert about(reading) == ["decimal"]
    assert "1.234" in reading.questions[0].reason


def test_dates_with_a_day_above_twelve_settle_the_order(write):
    assert sniff(write("when,score\n05/01/2026,9\n31/01/2026,3\n")).date_order == "dmy"
    assert sniff(write("when,score\n01/05/2026,9\n01/31/2026,3\n")).date_order == "mdy"
    assert sniff(write("when,score\n5.1.2026,9\n6.1.2026,3\n")).date_order == "dmy"


def test_dates_that_fit_both_orders_are_asked_about(write):
    reading = sniff(write("when,score\n05/01/2026,9\n06/02/2026,3\n"))
    assert about(reading) == ["date_order"]
    settled = settle(reading, about="date_order", choice="mdy")
    assert (settled.date_order, settled.questions) == ("mdy", ())
    with pytest.raises(ValueError, match="choose one of"):
        settle(reading, about="date_order", choice="ymd")


def test_dates_of_both_orders_in_one_column_are_asked_about(write):
    assert about(sniff(write("when,score\n31/01/2026,9\n01/31/2026,3\n"))) == ["date_order"]


def test_a_file_of_words_alone_asks_whether_its_first_line_is_a_header(write):
    path = write("Ann,likes it\nBob,hates it\n")
    assert about(sniff(path)) == ["header"]
    assert cells(path, sniff(path, settled={"header": "no"})) == [["Ann", "likes it"], ["Bob", "hates it"]]


def test_numbers_in_the_first_line_mean_that_there_is_no_header(write):
    reading = sniff(write("Ann,9,2026-01-31\nBob,3,2026-02-01\n"))
    assert (reading.header, reading.columns) == (False, ("column 1", "column 2", "column 3"))


def test_a_broken_row_is_not_lost_and_its_number_is_told(write):
    path = write("name,score\nAnn,9\nBob\nCid,1,2\n\nDan,4\nEve,")
    rows = [row for chunk in chunks(path, reading=sniff(path)) for row in chunk.to_pylist()]
    assert [row["_row"] for row in rows] == [1, 2, 3, 4, 5]
    assert [row["_raw"] for row in rows] == [None, "Bob", "Cid,1,2", None, None]
    assert "1 cells where the file has 2" in rows[1]["_problem"]
    assert [row["name"] for row in rows] == ["Ann", None, None, "Dan", "Eve"]


def test_row_numbers_hold_across_blocks_and_chunks(write):
    lines = [f"{i},x" if i % 7 else f"{i}" for i in range(1, 30_001)]
    path = write("number,word\n" + "\n".join(lines))
    reading = sniff(path)
    found = list(chunks(path, reading=reading, rows=7000))
    assert [chunk.num_rows for chunk in found] == [7000] * 4 + [2000]
    rows = [row for chunk in found for row in chunk.to_pylist()]
    assert [row["_row"] for row in rows] == list(range(1, 30_001))
    assert all(row["number"] == str(row["_row"]) for row in rows if row["_problem"] is None)
    assert all(row["_raw"] == str(row["_row"]) for row in rows if row["_problem"])
    assert sum(row["_problem"] is not None for row in rows) == 30_000 // 7


def test_an_unclosed_quote_costs_its_own_row_and_no_other(write):
    path = write('name,score\nAnn,9\nBob,"oh no\nCid,1\nDan,4\n')
    rows = [row for chunk in chunks(path, reading=sniff(path)) for row in chunk.to_pylist()]
    assert [row["name"] for row in rows] == ["Ann", None, "Cid", "Dan"]
    assert rows[1]["_raw"] == 'Bob,"oh no'
    assert "never closes" in rows[1]["_problem"]


def test_quoted_cells_may_hold_separators_quotes_and_line_breaks(write):
    path = write('name,comment\nAnn,"one, ""two""\nthree"\nBob,plain words here\n')
    assert cells(path) == [["Ann", 'one, "two"\nthree'], ["Bob", "plain words here"]]


def test_text_aligned_with_spaces_needs_no_header(write):
    path = write(" 0001 19970101  2   29.33\r\n 0002 19970118 10    4.96\r\n\r\n 0003\r\n", "table.txt")
    reading = sniff(write(" 0001 19970101  2   29.33\r\n 0002 19970118 10    4.96\r\n"))
    assert (reading.kind, reading.header) == ("aligned", False)
    assert cells(path, reading)[:2] == [
        ["0001", "19970101", "2", "29.33"],
        ["0002", "19970118", "10", "4.96"],
    ]
    assert cells(path, reading)[2] == [None] * 4


def test_json_lines_keep_numbers_as_written_and_nested_values_as_json(write):
    lines = [
        '{"a": 1.50, "b": "x\\u00e9"}',
        '{"a": null, "c": {"d": [1]}}',
        "[1]",
        '{"a": "\\ud800"}',
        '{"a":',
    ]
    path = write("\n".join(lines), "file.jsonl")
    reading = sniff(path)
    assert (reading.kind, reading.columns) == ("jsonl", ("a", "b", "c"))
    rows = [row for chunk in chunks(path, reading=reading) for row in chunk.to_pylist()]
    assert [row["a"] for row in rows[:2]] == ["1.50", None]
    assert (rows[0]["b"], rows[1]["c"]) == ("xé", '{"d": [1]}')
    assert [row["_problem"] is None for row in rows] == [True, True, False, False, False]


def test_parquet_becomes_text_row_by_row(tmp_path):
    import datetime as dt

    table = pa.table(
        {
            "when": pa.array([dt.datetime(2026, 1, 31, 10), None], pa.timestamp("us")),
            "score": pa.array([9, None], pa.int8()),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "tags": pa.array([["x", "y"], None]),
        }
    )
    path = tmp_path / "file.parquet"
    pq.write_table(table, path)
    assert cells(path) == [["2026-01-31 10:00:00.000000", "9", "a", '["x", "y"]'], [None, None, "b", None]]
    packed = tmp_path / "file.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert cells(packed) == cells(path)


def workbook(**sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_excel_dates_numbers_and_truths_are_written_as_people_read_them(write):
    import datetime as dt

    rows = [
        ["when", "score", "paid", "ok"],
        [dt.datetime(2026, 1, 31), 9, 2.5, True],
        [dt.datetime(2026, 2, 1, 8, 30), 3.0, None, False],
    ]
    path = write(workbook(Data=rows), "file.xlsx")
    assert cells(path) == [["2026-01-31", "9", "2.5", "true"], ["2026-02-01 08:30:00", "3", None, "false"]]


def test_a_formula_without_a_saved_result_is_a_problem_not_a_blank(write):
    path = write(workbook(Data=[["score", "sum"], [9, "=A2+1"], [3, 4]]), "file.xlsx")
    rows = [row for chunk in chunks(path, reading=sniff(path)) for row in chunk.to_pylist()]
    assert "formula without a saved result" in rows[0]["_problem"]
    assert rows[1]["sum"] == "4"


def test_several_sheets_are_asked_about(write):
    path = write(workbook(One=[["score"], [1]], Two=[["score"], [2]], Empty=[]), "file.xlsx")
    reading = sniff(path)
    assert about(reading) == ["sheet"]
    assert cells(path, sniff(path, settled={"sheet": "Two"})) == [["2"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b,c\n", "only a header line"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF document"),
        (b"\x89PNG\r\n\x1a\n000", "a picture"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b"PK\x03\x04broken", "damaged or truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "save it as .xlsx"),
        (b"PAR1broken", "damaged or truncated Parquet"),
        (gzip.compress(PLAIN.encode() * 5000, mtime=0)[:300], "damaged|truncated"),
        (b"{'a': 1}\n{'a': 2}\n", "one object per line"),
        (bytes(range(256)) * 40, "binary file"),
    ],
)
def test_what_is_no_table_is_refused_with_one_clear_sentence(write, content, sentence):
    with pytest.raises(UnreadableFile, match=sentence) as refusal:
        path = write(content, "odd.csv")
        for _ in chunks(path, reading=sniff(path)):
            pass
    assert "odd.csv" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_workbook_with_only_headers_is_refused(write):
    with pytest.raises(UnreadableFile, match="only a header line"):
        sniff(write(workbook(Data=[["score", "comment"]]), "file.xlsx"))


def test_a_gzip_bomb_is_refused_without_being_unpacked_whole(write):
    bomb = gzip.compress(b"a,b\n" + b"1,2\n" * 30_000_000, 9)
    with pytest.raises(UnreadableFile, match="far more than a table"):
        sniff(write(bomb, "bomb.csv.gz"))


def test_ten_thousand_columns_are_read(write):
    names = [f"c{i}" for i in range(10_000)]
    path = write(",".join(names) + "\n" + ",".join("1" for _ in names) + "\n")
    assert len(cells(path)[0]) == 10_000


def test_repeated_and_missing_column_names_are_told_apart():
    assert unique_names(["a", "a", "", "a (2)", " a "]) == ("a", "a (2)", "column 3", "a (2) (2)", "a (3)")


def test_nul_bytes_and_lone_surrogates_do_not_get_through(write):
    path = write("name,score\nA\0nn,9\nBob,3\n")
    assert cells(path)[0][0] == "A\ufffdnn"
    text = "name,score\nA\ud800nn,9\nBob,3\n".encode("utf-16-le", "surrogatepass")
    found = cells(write(b"\xff\xfe" + text))
    json.dumps(found).encode()
    assert found[1] == ["Bob", "3"]


@pytest.mark.parametrize(
    ("name", "rows", "broken"),
    [
        ("airline_satisfaction/Invistico_Airline.csv", 37_957, 1),
        ("airline_tweets/Tweets.csv", 14_640, 0),
        ("amazon_alexa/amazon_alexa.tsv", 3150, 0),
        ("cdnow/CDNOW_sample.txt", 6919, 0),
        ("helpdesk/helpdesk.csv", 13_710, 0),
        ("telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv", 7043, 0),
        ("goemotions_ekman/train.tsv", 43_410, 0),
        ("banking77/train.csv", 10_003, 0),
    ],
)
def test_real_files_are_read_to_the_last_row(data, name, rows, broken):
    path = data(name)
    reading = sniff(path)
    tables = list(chunks(path, reading=reading))
    assert sum(table.num_rows for table in tables) == rows
    assert sum(table.num_rows - table["_problem"].null_count for table in tables) == broken
    assert tables[-1]["_row"][-1].as_py() == rows


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "long.csv"
    peaks = []
    for size in (500_000, 2_000_000):
        with path.open("w") as file:
            file.write("number,word\n")
            file.writelines(f"{i},some words to fill the row\n" for i in range(size))
        before = pa.total_allocated_bytes()
        reading = sniff(path)
        peaks.append(max(pa.total_allocated_bytes() - before for _ in chunks(path, reading=reading)))
    assert path.stat().st_size > 60_000_000
    assert max(peaks) < 30_000_000

"""A survey goes to translators as a table and comes back."""

import pytest

from regard.listening.surveys.definition import BadSurvey
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.listening.surveys.translations import from_csv, to_csv
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role

CONTENT = starts()["delivery"][1]


@pytest.mark.parametrize("key", starts())
def test_a_table_that_comes_back_as_it_went_changes_nothing(key):
    content = starts()[key][1]
    taken = from_csv(content, to_csv(content))
    assert (taken.survey, taken.changed, taken.unknown) == (content, 0, ())


def test_a_new_column_is_a_new_language_and_an_empty_cell_takes_nothing_away():
    table = "place;en;de\ntitle;Your parcel;Ihr Paket\nsatisfied.text;;Wie zufrieden sind Sie?\nwent_wrong.options.late;;Zu spät\nnobody.text;x;y\n"
    taken = from_csv(CONTENT, "\ufeff" + table)
    assert taken.survey.languages == ("en", "fr", "de") and taken.changed == 4 and taken.unknown == ("nobody.text",)
    question = taken.survey.question("satisfied")
    assert (
        question.text["en"] == CONTENT.question("satisfied").text["en"]
        and question.text["de"] == "Wie zufrieden sind Sie?"
    )
    assert taken.survey.title == {"en": "Your parcel", "fr": "Votre livraison", "de": "Ihr Paket"}


def test_what_a_spreadsheet_takes_for_a_formula_is_inert_and_comes_back_the_same():
    taken = from_csv(CONTENT, "place,en\ntitle,'=1|2\n")
    assert taken.survey.title["en"] == "=1|2"
    table = to_csv(taken.survey)
    assert "'=1\\|2" in table and from_csv(taken.survey, table).survey == taken.survey


@pytest.mark.parametrize(
    ("table", "told"),
    [("", "first row"), ("a,b\n", "first row"), ("place\n", "first row"), ("place,en,en\n", "first row"), ("place,EN US\n", "languages"),
     ("place,en\ntitle," + "x" * 5_000, "title"), ('place,en\ntitle,"a\0b', "")],
)  # fmt: skip
def test_what_is_no_table_of_texts_is_refused_with_a_sentence(table, told):
    with pytest.raises(BadSurvey) as refused:
        from_csv(CONTENT, table)
    assert told in str(refused.value)


@pytest.mark.django_db
def test_on_the_page_it_is_downloaded_and_brought_back(workspace, ledger):
    from django.core.files.uploadedfile import SimpleUploadedFile

    survey = Survey(workspace=workspace, name="Delivery")
    survey.keep(CONTENT, by="x")
    client = signed_in(member(workspace, Role.ANALYST))
    got = client.get(f"/surveys/{survey.pk}/translations.csv")
    assert got["Content-Type"].startswith("text/csv") and "attachment" in got["Content-Disposition"]
    table = (
        got.content.decode()
        .replace("place,en,fr", "place,en,fr,de")
        .replace("Your delivery,Votre livraison", "Your delivery,Votre livraison,Lieferung")
    )
    client.post(f"/surveys/{survey.pk}/translations", {"file": SimpleUploadedFile("t.csv", table.encode())})
    survey.refresh_from_db()
    assert survey.content.title["de"] == "Lieferung" and survey.published is None
    page = client.post(
        f"/surveys/{survey.pk}/translations", {"file": SimpleUploadedFile("t.csv", b"\xff\xfe\x00")}, follow=True
    )
    assert "first row must be" in page.content.decode() or "no text" in page.content.decode()
    assert signed_in(member(workspace, Role.AGENT)).post(f"/surveys/{survey.pk}/translations").status_code == 403

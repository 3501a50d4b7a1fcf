"""The pages speak the survey's languages beside its own words too."""

import string

import pytest

from regard.listening.answering.phrases import languages, phrases


@pytest.mark.parametrize("language", languages())
def test_every_language_says_everything_with_the_same_blanks(language):
    def blanks(text):
        return {name for _text, name, *_rest in string.Formatter().parse(text) if name}

    assert phrases(language).keys() == phrases("en").keys()
    for key, text in phrases(language).items():
        assert text.strip() and blanks(text) == blanks(phrases("en")[key]), key


def test_a_country_is_served_by_its_language_and_the_unknown_by_english():
    assert phrases("fr-CA")["send"] == "Envoyer" and phrases("xx")["yes"] == "Yes"


@pytest.mark.django_db
def test_what_is_wrong_is_said_in_the_respondents_language(client, workspace, ledger):
    from regard.listening.links.models import Link
    from regard.listening.surveys.models import Survey
    from regard.listening.surveys.starts import starts

    survey = Survey(workspace=workspace, name="x")
    survey.keep(starts()["after_contact"][1], by="x")
    survey.publish(by="x")
    address = f"/s/{Link.objects.create(survey=survey, name='x').token}"
    page = client.post(address, {"lang": "fr", "asked": "effort"}).content.decode()
    assert "Merci de répondre à cette question." in page and "Envoyer" in page and "Send" not in page
    gone = client.get("/s/none", headers={"Accept-Language": "ar"}).content.decode()
    assert 'lang="ar" dir="rtl"' in gone and "لا يوجد هنا" in gone

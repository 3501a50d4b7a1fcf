import pytest

from regard.customers.duplicates.jobs import begin, start_due, work
from regard.customers.duplicates.models import DuplicateRun, DuplicateSettings
from regard.customers.duplicates.tests.conftest import whose
from regard.customers.identity.join import take_apart
from regard.customers.models import Link, Merge, Profile
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import AuditEntry, Unit, Workspace


@pytest.fixture
def client(workspace):
    return signed_in(member(workspace, Role.ANALYST))


def test_both_customers_stand_beside_each_other_with_what_agrees_and_what_does_not(made, client):
    made.pair(made.customer("Ada <b>Byron"), made.customer("Ada Lovelace", crm="7"))
    page = client.get("/duplicates/").content.decode()
    assert "1 pair of customers is probably one person" in page
    assert "&lt;b&gt;Byron" in page and "Lovelace" in page and "1815-12-10" in page
    assert "= the same" in page and "≈ close" in page and "99.0% likely" in page
    assert "1 probable duplicate" in client.get("/customers/").content.decode()


def test_who_is_accepted_is_joined_and_can_be_taken_apart(made, client, workspace):
    one, other = made.customer(), made.customer()
    pair = made.pair(one, other)
    assert client.post(f"/duplicates/{pair.pk}/decision", {"decision": "same"}).status_code == 302
    assert whose(one) == whose(other)
    merge = Merge.objects.get()
    assert merge.why == "duplicate" and merge.evidence == "99.0 % likely; the same: family name; close: date of birth"
    assert "Byron" not in merge.evidence
    assert "No probable duplicates wait" in client.get("/duplicates/").content.decode()
    take_apart(workspace=workspace.pk, merge=merge.pk, by="x")
    assert whose(one) != whose(other)
    assert "No probable duplicates wait" in client.get("/duplicates/").content.decode(), "nobody asks again"


def test_who_is_rejected_stays_rejected_when_either_is_joined_with_a_third(made, client, workspace):
    one, other, third = made.customer(), made.customer(), made.customer()
    rejected = made.pair(one, other)
    client.post(f"/duplicates/{rejected.pk}/decision", {"decision": "apart"})
    accepted = made.pair(other, third)
    client.post(f"/duplicates/{accepted.pk}/decision", {"decision": "same"})
    assert whose(other) == whose(third) != whose(one)
    made.pair(one, third)  # another search finds them by their other profile
    assert "No probable duplicates wait" in client.get("/duplicates/").content.decode()
    assert Link.objects.get().decision == "apart"


def test_a_pair_decided_twice_is_gone_the_second_time(made, client):
    pair = made.pair(made.customer(), made.customer())
    client.post(f"/duplicates/{pair.pk}/decision", {"decision": "same"})
    assert client.post(f"/duplicates/{pair.pk}/decision", {"decision": "same"}).status_code == 404


def test_filters_keep_what_is_less_likely_or_differs(made, client):
    made.pair(made.customer("One Sure"), made.customer("Two Sure"), 0.995)
    made.pair(made.customer("One Unsure"), made.customer("Two Unsure"), 0.7)
    assert "One Sure" not in client.get("/duplicates/?sure=0").content.decode()
    assert "One Unsure" not in client.get("/duplicates/?sure=99").content.decode()
    assert "No pair like that waits" in client.get("/duplicates/?differs=0").content.decode()
    assert "One Sure" in client.get("/duplicates/?differs=1").content.decode()
    for odd in ("?differs=99", "?sure=x&page=-1", "?page=99999999999"):
        assert client.get(f"/duplicates/{odd}").status_code == 200


def test_a_member_of_a_unit_sees_pairs_of_customers_they_may_both_see_and_starts_nothing(made, workspace):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    seen = made.pair(made.customer("Seen One", home=north), made.customer("Seen Two", home=north))
    half = made.pair(made.customer("Half One", home=north), made.customer("Half Two"))
    client = signed_in(member(workspace, Role.MANAGER, at=north))
    page = client.get("/duplicates/").content.decode()
    assert "Seen One" in page and "Half One" not in page and "Search now" not in page and "Accept many" not in page
    assert client.post(f"/duplicates/{half.pk}/decision", {"decision": "same"}).status_code == 404
    for path in ("acceptance", "settings"):
        assert client.get(f"/duplicates/{path}").status_code == client.post(f"/duplicates/{path}").status_code == 404
    assert client.post("/duplicates/search").status_code == 404
    assert client.post(f"/duplicates/{seen.pk}/decision", {"decision": "same"}).status_code == 302
    assert Merge.objects.count() == 1
    elsewhere = signed_in(member(Workspace.found(name="Other"), Role.OWNER, email="o@x.example"))
    assert elsewhere.post(f"/duplicates/{half.pk}/decision", {"decision": "same"}).status_code == 404


def test_what_is_compared_can_be_chosen_and_is_kept_in_the_audit_log(made, client, workspace):
    Profile.objects.bulk_create(
        Profile(workspace=workspace, name=f"Given Family{n}", traits={"shoe": str(n), "zip": "75001"}) for n in range(5)
    )
    page = client.get("/duplicates/settings").content.decode()
    assert "shoe" in page and "given name" in page
    sources = {}
    for number, part in enumerate(page.split('name="source-')[1:]):
        sources[part.split('value="')[1].split('"')[0]] = number
    body = {f"source-{number}": source for source, number in sources.items()} | {"threshold": "80", "every": "weekly"}
    refused = client.post("/duplicates/settings", body | {f"how-{sources['shoe']}": "number"}).content.decode()
    assert "at least two fields" in refused
    client.post(
        "/duplicates/settings", body | {f"how-{sources['shoe']}": "number", f"how-{sources['$family']}": "name"}
    )
    kept = DuplicateSettings.objects.get()
    assert {field.source: field.how.value for field in kept.chosen} == {"shoe": "number", "$family": "name"}
    assert (kept.threshold, kept.every) == (0.8, "weekly")
    assert AuditEntry.objects.filter(action="duplicates.settings").exists()


def test_a_search_is_due_once_a_week(made, client, workspace, monkeypatch):
    monkeypatch.setattr("regard.customers.duplicates.jobs.installed", lambda: True)
    DuplicateSettings.objects.create(workspace=workspace, every="weekly")
    DuplicateRun.objects.all().update(asked="2026-01-01T00:00Z")
    (run,) = start_due()
    assert run.by == "schedule"
    run.end("done")
    assert start_due() == []


def test_without_the_extra_the_page_says_how_to_install_it(made, client, workspace, monkeypatch):
    for place in ("jobs", "page", "find", "views"):
        monkeypatch.setattr(f"regard.customers.duplicates.{place}.installed", lambda: False)
    page = client.get("/duplicates/").content.decode()
    assert "regard[identity]" in page and "Search again" not in page
    assert client.post("/duplicates/search").status_code == 302
    assert not DuplicateRun.objects.filter(ended=None).exists()


def test_a_second_search_waits_for_the_first_and_one_that_the_server_never_survives_ends(
    made, client, workspace, monkeypatch
):
    monkeypatch.setattr("regard.customers.duplicates.jobs.installed", lambda: True)
    run = begin(workspace.pk, "search", by="x")
    page = client.post("/duplicates/search", follow=True).content.decode()
    assert "worked on already" in page and "Searching for duplicates" in page
    run.tries = 3
    work(run)
    run.refresh_from_db()
    assert run.outcome == "failed" and "three times" in run.message

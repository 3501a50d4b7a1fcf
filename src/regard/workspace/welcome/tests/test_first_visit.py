"""The first visit to a fresh Regard makes the owner, once."""

import threading

import pytest
from django.db import connection
from django.test import Client

from regard.workspace.audit.models import AuditEntry
from regard.workspace.models import Member, User, Workspace
from regard.workspace.welcome.found import AlreadyFounded, found

GIVEN = {
    "name": "Claire",
    "email": "Claire@Halcyon.example",
    "password": "a long pass phrase",
    "industry": "telecom",
    "time_zone": "Europe/Paris",
}


@pytest.mark.django_db
def test_whoever_comes_first_is_led_to_the_welcome_page():
    assert Client().get("/").headers["Location"] == "/welcome"


@pytest.mark.django_db
def test_the_first_visitor_owns_the_workspace_named_default_and_is_signed_in():
    client = Client()
    answer = client.post("/welcome", GIVEN)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    member = Member.objects.get()
    assert (member.workspace.name, member.workspace.time_zone, member.role) == (
        "default",
        "Europe/Paris",
        "owner",
    )
    assert member.user.email == "claire@halcyon.example"
    assert list(member.units.all()) == [member.workspace.root]
    assert client.get("/settings/").status_code == 200
    assert AuditEntry.objects.get().action == "workspace.founded"


@pytest.mark.django_db
def test_the_first_visitors_choices_hold_for_a_workspace_that_the_command_line_made():
    Workspace.found(name="default")
    Client().post("/welcome", GIVEN)
    workspace = Workspace.objects.get()
    assert (workspace.industry, workspace.time_zone) == ("telecom", "Europe/Paris")


@pytest.mark.django_db
def test_nobody_is_welcomed_twice():
    Client().post("/welcome", GIVEN)
    assert Client().get("/welcome").headers["Location"] == "/account/login/"
    Client().post("/welcome", {**GIVEN, "email": "second@halcyon.example"})
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_weak_password_is_refused_and_what_was_typed_stays():
    answer = Client().post("/welcome", {**GIVEN, "password": "password"})
    page = answer.content.decode()
    assert not User.objects.exists()
    assert 'value="Claire"' in page and "too common" in page


@pytest.mark.django_db(transaction=True)
def test_of_two_visitors_at_the_same_moment_one_becomes_the_owner():
    outcomes, start = [], threading.Barrier(2)

    def visit(number):
        start.wait()
        try:
            found(**{**GIVEN, "email": f"v{number}@halcyon.example"})
            outcomes.append("owner")
        except AlreadyFounded:
            outcomes.append("late")
        finally:
            connection.close()

    visitors = [threading.Thread(target=visit, args=[number]) for number in range(2)]
    [visitor.start() for visitor in visitors]
    [visitor.join() for visitor in visitors]
    assert sorted(outcomes) == ["late", "owner"]
    assert (User.objects.count(), Workspace.objects.count()) == (1, 1)

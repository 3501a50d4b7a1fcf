"""An invitation brings in the one it is for, and nobody else."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from regard.testing.people import PASSWORD, member, signed_in
from regard.workspace.models import Invitation, Member, Unit, User

pytestmark = pytest.mark.django_db
NEW = {"name": "Karim", "password": "another long phrase"}


@pytest.fixture
def owner(workspace):
    return member(workspace)


def invite(owner, email="karim@halcyon.example", role="manager"):
    root = owner.workspace.root
    answer = signed_in(owner).post("/settings/invitations/new", {"email": email, "role": role, "units": [root.pk]})
    assert answer.status_code == 302, answer.content.decode()
    return re.search(r"http\S+(/invitation/\S+)", mail.outbox[-1].body)[1]


def test_the_mail_leads_to_the_configured_address(owner, settings):
    settings.PUBLIC_URL = "https://regard.halcyon.example"
    root = owner.workspace.root
    signed_in(owner).post(
        "/settings/invitations/new",
        {"email": "k@halcyon.example", "role": "viewer", "units": [root.pk]},
        HTTP_HOST="localhost",
    )
    assert "https://regard.halcyon.example/invitation/" in mail.outbox[-1].body
    assert mail.outbox[-1].to == ["k@halcyon.example"]


def test_someone_new_sets_name_and_password_and_is_in(owner):
    link, client = invite(owner), Client()
    assert "karim@halcyon.example" in client.get(link).content.decode()
    client.post(link, NEW)
    joined = Member.objects.get(user__email="karim@halcyon.example")
    assert (joined.role, joined.user.name, joined.user.check_password(NEW["password"])) == ("manager", "Karim", True)
    assert client.get("/settings/").status_code == 200


def test_a_link_works_once(owner):
    link = invite(owner)
    Client().post(link, NEW)
    assert Client().get(link).status_code == 404


def test_an_address_with_an_account_must_sign_in_and_is_never_signed_in_by_the_link(owner):
    User.objects.create_user("karim@halcyon.example", PASSWORD)
    link, client = invite(owner), Client()
    page = client.get(link).content.decode()
    assert "/account/login/?next=" in page and 'type="password"' not in page
    client.post(link, NEW)
    assert "_auth_user_id" not in client.session
    assert not Member.objects.filter(user__email="karim@halcyon.example").exists()
    assert User.objects.get(email="karim@halcyon.example").check_password(PASSWORD)


def test_someone_else_who_is_signed_in_cannot_take_it(owner):
    link = invite(owner)
    other = member(owner.workspace, "viewer")
    client = signed_in(other)
    assert "invitation is for someone else" in client.get(link).content.decode()
    client.post(link, NEW)
    other.refresh_from_db()
    assert other.role == "viewer"
    assert Invitation.objects.get().taken is None


def test_the_right_one_joins_a_second_workspace_with_one_click(owner):
    karim = User.objects.create_user("karim@halcyon.example", PASSWORD)
    link, client = invite(owner), Client()
    client.force_login(karim, backend="django.contrib.auth.backends.ModelBackend")
    client.post(link)
    assert karim.memberships.get().workspace == owner.workspace


def test_a_withdrawn_or_old_invitation_is_gone(owner):
    link = invite(owner)
    signed_in(owner).post(f"/settings/invitations/{Invitation.objects.get().pk}/withdrawal")
    assert Client().get(link).status_code == 404
    link = invite(owner)
    Invitation.objects.filter(withdrawn=None).update(sent=timezone.now() - timedelta(days=8))
    assert Client().get(link).status_code == 404


def test_an_admin_cannot_invite_an_owner(owner):
    admin = member(owner.workspace, "admin")
    root = owner.workspace.root
    answer = signed_in(admin).post(
        "/settings/invitations/new", {"email": "x@halcyon.example", "role": "owner", "units": [root.pk]}
    )
    assert answer.status_code == 200 and not Invitation.objects.exists()


def test_an_admin_of_a_region_invites_nobody(owner):
    root = owner.workspace.root
    nord = Unit.objects.create(workspace=owner.workspace, parent=root, name="Nord")
    client = signed_in(member(owner.workspace, "admin", at=nord))
    client.post("/settings/invitations/new", {"email": "x@halcyon.example", "role": "viewer", "units": [root.pk]})
    assert not Invitation.objects.exists()

"""A key is shown once, to someone who has just proved who they are."""

import re

import pytest

from regard.testing.people import member, recently, signed_in
from regard.workspace.models import ApiKey, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(workspace):
    return member(workspace)


def make(client, owner, **more):
    given = {"name": "Web shop", "scope": "collect", "unit": owner.workspace.root.pk, **more}
    return client.post("/settings/keys/new", given)


def test_making_a_key_asks_for_the_password_again(owner):
    assert signed_in(owner).get("/settings/keys/new").headers["Location"].startswith("/account/reauthenticate/")


def test_a_key_is_shown_once_and_kept_as_a_hash(owner):
    client = recently(signed_in(owner))
    secret = re.search(r"rgd_[\w-]{20,}", make(client, owner).content.decode())[0]
    key = ApiKey.objects.get()
    assert ApiKey.find(secret) == key
    assert secret not in client.get("/settings/keys/").content.decode()
    assert secret not in str(ApiKey.objects.values().get())


def test_a_revoked_key_no_longer_works(owner):
    client = recently(signed_in(owner))
    secret = re.search(r"rgd_[\w-]{20,}", make(client, owner).content.decode())[0]
    client.post(f"/settings/keys/{ApiKey.objects.get().pk}/revocation")
    assert ApiKey.find(secret) is None


def test_a_day_that_is_over_is_refused(owner):
    answer = make(recently(signed_in(owner)), owner, expires="2020-01-01")
    assert "This day is over" in answer.content.decode() and not ApiKey.objects.exists()


def test_an_admin_of_a_region_makes_no_keys(owner):
    nord = Unit.objects.create(workspace=owner.workspace, parent=owner.workspace.root, name="Nord")
    client = recently(signed_in(member(owner.workspace, "admin", at=nord)))
    assert make(client, owner).status_code == 403 and not ApiKey.objects.exists()

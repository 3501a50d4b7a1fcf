"""Every route is in the permission table, and the table holds: for nobody, for each role, for another workspace, for another unit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone

from regard.site.permissions import PERMISSIONS, Needs, SignedIn, access
from regard.testing.events import send, track
from regard.testing.people import member, recently, signed_in
from regard.workspace.members.rights import Right, Role
from regard.workspace.models import ApiKey, Invitation, Unit, Workspace

pytestmark = pytest.mark.django_db
SAMPLES = {
    "pk": 999_999,
    "customer": 999_999,
    "id": 999_999,
    "place": 0,
    "name": "nps",
    "secret": "x",
    "kind": "oidc",
    "stream": 999_999,
    "number": 999_999,
    "delivery": 999_999,
    "run": 999_999,
    "file": "00000000-0000-4000-8000-000000000000",
    "response": "00000000-0000-4000-8000-000000000000",
}


def walk(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Every route by name, with sample arguments."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif isinstance(pattern, URLPattern) and pattern.name:  # one without a name cannot be listed, and stays closed
            arguments = {name: SAMPLES.get(name, "x") for name in pattern.pattern.regex.groupindex}
            yield f"{space}{pattern.name}", arguments


def addresses(kind: type) -> list[tuple[str, str, object]]:
    found = []
    for route, arguments in walk():
        needed = access(route)
        if isinstance(needed, kind):
            try:
                found.append((route, reverse(route, kwargs=arguments), needed))
            except NoReverseMatch:
                found.append((route, "", needed))
    return found


def test_every_route_is_in_the_table():
    unknown = {route for route, _ in walk() if access(route) is None}
    assert not unknown, f"Add to site/permissions.py: {', '.join(sorted(unknown))}"


def test_a_route_without_a_name_is_closed(workspace):
    assert signed_in(member(workspace)).get("/account/social/connections/").status_code == 404


def test_the_table_lists_no_route_that_is_gone():
    routes = {route for route, _ in walk()}
    gone = {name for name in PERMISSIONS if not name.endswith("*") and name not in routes}
    assert not gone


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_nobody_reaches_a_members_page_without_signing_in(workspace, method):
    member(workspace)
    for route, address, _ in addresses(Needs) + addresses(SignedIn):
        if not address:
            continue
        answer = getattr(Client(), method)(address)
        assert answer.status_code == 302 and "/account/login" in answer["Location"], route


@pytest.mark.parametrize("role", list(Role))
def test_a_role_reaches_what_its_rights_say_and_nothing_else(ledger, workspace, role):
    from regard.workspace.members.rights import RIGHTS

    client = recently(signed_in(member(workspace, role)))
    reached = 0
    for route, address, needed in addresses(Needs):
        status = client.get(address).status_code
        if needed.right in RIGHTS[role]:
            assert status != 403 and status < 500, (route, status)
            reached += 1
        else:
            assert status == 403, (route, status)
            assert client.post(address).status_code == 403, route
    assert reached >= 4


def test_a_member_of_one_unit_never_gets_rights_over_the_whole_company(workspace):
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    admin = member(workspace, Role.ADMIN, at=store)
    assert not admin.rights & {Right.CONFIGURE, Right.IMPORT, Right.CATALOGUE}
    assert admin.may(Right.CUSTOMERS)


def test_a_member_who_left_and_one_who_was_deactivated_reach_nothing(workspace):
    from django.utils import timezone

    member(workspace)
    gone, off = member(workspace, email="gone@x.org"), member(workspace, email="off@x.org")
    clients = signed_in(gone), signed_in(off)
    gone.left = timezone.now()
    gone.save()
    off.user.is_active = False
    off.user.save()
    for client in clients:
        for route, address, _ in addresses(Needs):
            assert client.get(address).status_code in (302, 403), route


def test_what_belongs_to_another_workspace_is_not_found(ledger, workspace):
    """Ids of the other's things in every route that takes one, by every method: as if they did not exist."""
    from regard.customers.models import Profile
    from regard.customers.privacy.erase import ask
    from regard.ledger.models import Touchpoint
    from regard.ledger.record.project import project_all
    from regard.listening.models import Response, Survey, Version
    from regard.segments.models import Segment

    other = Workspace.found(name="Rival")
    theirs = member(other, email="rival@x.org")
    unit = Unit.objects.create(workspace=other, parent=other.root, name="Theirs")
    key, _ = ApiKey.create(workspace_id=other.pk, name="k", scope="read", unit_id=unit.pk, actor="x")
    invitation, _ = Invitation.send(
        workspace_id=other.pk, email="a@b.cd", role="viewer", units=[unit.pk], sent_by=theirs.user
    )
    touchpoint = Touchpoint.objects.create(workspace=other, name="Till")
    survey = Survey.objects.create(workspace=other, name="Theirs", draft={})
    version = Version.objects.create(survey=survey, number=1, definition={}, by="x")
    answered = {"language": "en", "saved": timezone.now(), "completed": timezone.now(), "answers": {"a": 1}}
    response = Response.objects.create(workspace=other, version=version, key="k", **answered)
    listed = Segment.objects.create(workspace=other, name="Theirs")
    send(other, track("m1"))
    project_all()
    things = {
        "workspace:member": theirs.pk, "workspace:departure": theirs.pk, "workspace:withdraw": invitation.pk, "workspace:unit": unit.pk,
        "workspace:unit_delete": unit.pk, "workspace:key_revoke": key.pk, "touchpoints:edit": touchpoint.pk,
        "touchpoints:retirement": touchpoint.pk, "touchpoints:return": touchpoint.pk, "customers:show": Profile.objects.get().pk,
        "timeline:panel": Profile.objects.get().pk, "privacy:customer": Profile.objects.get().pk,
        "privacy:give_out": Profile.objects.get().pk, "privacy:erase": Profile.objects.get().pk,
        "privacy:correct": Profile.objects.get().pk, "privacy:name": Profile.objects.get().pk,
        "segments:show": listed.pk, "segments:edit": listed.pk, "lists:paste": listed.pk,
        "privacy:erasure": ask(other.pk, [Profile.objects.get().pk], by="x").pk,
    }  # fmt: skip
    client = recently(signed_in(member(workspace)))
    for route, pk in things.items():
        for method in ("get", "post"):
            status = getattr(client, method)(reverse(route, kwargs={"pk": pk})).status_code
            assert status == 404 or (status == 405), (route, method, status)
    for route in ("inbox:show", "inbox:act"):
        assert client.get(reverse(route, args=[response.pk])).status_code in (404, 405)
        assert client.post(reverse(route, args=[response.pk]), {"act": "done"}).status_code == 404
    for thing in (theirs, unit, key, invitation, touchpoint):
        was = thing.__dict__.copy()
        thing.refresh_from_db()
        assert {name: value for name, value in thing.__dict__.items() if not name.startswith("_")}.items() >= {
            name: value
            for name, value in was.items()
            if name in ("name", "role", "left", "revoked", "withdrawn", "retired")
        }.items()


def test_the_api_gives_a_key_only_its_own_workspace_and_units(ledger, workspace):
    from regard.ledger.record.project import project_all

    other = Workspace.found(name="Rival")
    store = Unit.objects.create(workspace=workspace, parent=workspace.root, name="Store")
    send(workspace, track("a", user="ours", properties={"unit": "Store"}), track("b", user="elsewhere"))
    send(other, track("c", user="theirs"))
    project_all()
    keys = {
        "all": ApiKey.create(workspace_id=workspace.pk, name="k", scope="read", unit_id=workspace.root.pk, actor="x")[
            1
        ],
        "store": ApiKey.create(workspace_id=workspace.pk, name="k", scope="read", unit_id=store.pk, actor="x")[1],
        "theirs": ApiKey.create(workspace_id=other.pk, name="k", scope="read", unit_id=other.root.pk, actor="x")[1],
        "collect": ApiKey.create(
            workspace_id=workspace.pk, name="k", scope="collect", unit_id=workspace.root.pk, actor="x"
        )[1],
    }

    def get(path, key):
        return Client().get(path, headers={"Authorization": f"Bearer {keys[key]}"})

    assert get("/api/metrics/interactions", "all").json()["total"]["value"] == 2
    assert get("/api/metrics/interactions", "store").json()["total"]["value"] == 0
    assert get("/api/metrics/interactions", "theirs").json()["total"]["value"] == 1
    assert get("/api/metrics/interactions", "collect").status_code == 401
    (stranger,) = get("/api/customers", "theirs").json()["items"]
    for path in (f"/api/customers/{stranger['id']}", f"/api/customers/{stranger['id']}/timeline"):
        assert get(path, "theirs").status_code == 200
        assert get(path, "all").status_code == 404
    assert get("/api/customers?search=ours", "store").json()["items"] == []
    for path in ("/api/metrics/nps", "/api/customers", "/api/feedback", "/api/touchpoints", "/api/units"):
        assert Client().get(path).status_code == 401
        assert get(path, "all").status_code == 200


def test_the_control_door_opens_only_to_this_machines_command_line(workspace, tmp_path):
    for token in ("", "guess", "Bearer"):
        answer = Client().post(
            "/control/backup",
            {"folder": str(tmp_path)},
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )
        assert answer.status_code == 401

"""Members and signed-in clients for tests."""

from __future__ import annotations

from django.test import Client

from regard.workspace.models import Member, Unit, User, Workspace

PASSWORD = "a long pass phrase"


def member(workspace: Workspace, role: str = "owner", *, at: Unit | None = None, email: str = "") -> Member:
    """A member with this role at a unit (the root, when none is given)."""
    user = User.objects.create_user(email or f"{role}@halcyon.example", PASSWORD, name=role.title())
    made = Member.objects.create(workspace=workspace, user=user, role=role)
    made.units.add(at or workspace.root)
    return made


def signed_in(who: Member) -> Client:
    client = Client()
    client.force_login(who.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def recently(client: Client) -> Client:
    """As if the password had just been given: for pages that ask whether it is still you."""
    import time

    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client

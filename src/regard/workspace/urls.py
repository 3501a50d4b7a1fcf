from __future__ import annotations

from django.urls import path

from regard.workspace.audit import views as audit
from regard.workspace.invitations import views as invitations
from regard.workspace.keys import views as keys
from regard.workspace.me import views as me
from regard.workspace.members import views as members
from regard.workspace.signon import views as signon
from regard.workspace.units import views as units
from regard.workspace.welcome import views as welcome
from regard.workspace.workspaces import views as workspaces

app_name = "workspace"
urlpatterns = [
    path("welcome", welcome.show, name="welcome"),
    path("invitation/<str:secret>", invitations.take, name="invitation"),
    path("theme", me.theme, name="theme"),
    path("workspace", workspaces.switch, name="switch"),
    path("me", me.show, name="me"),
    path("settings/", workspaces.settings, name="settings"),
    path("settings/workspace", workspaces.edit, name="edit"),
    path("settings/members/", members.index, name="members"),
    path("settings/members/<int:pk>", members.edit, name="member"),
    path("settings/members/<int:pk>/departure", members.departure, name="departure"),
    path("settings/invitations/new", invitations.send, name="invite"),
    path("settings/invitations/<int:pk>/withdrawal", invitations.withdraw, name="withdraw"),
    path("settings/units/", units.index, name="units"),
    path("settings/units/new", units.add, name="unit_new"),
    path("settings/units/<int:pk>", units.edit, name="unit"),
    path("settings/units/<int:pk>/deletion", units.delete, name="unit_delete"),
    path("settings/keys/", keys.index, name="keys"),
    path("settings/keys/new", keys.create, name="key_new"),
    path("settings/keys/<int:pk>/revocation", keys.revoke, name="key_revoke"),
    path("settings/sign-on/", signon.index, name="signon"),
    path("settings/sign-on/new/<str:kind>", signon.add, name="signon_new"),
    path("settings/sign-on/<int:pk>", signon.edit, name="signon_edit"),
    path("settings/sign-on/<int:pk>/removal", signon.remove, name="signon_remove"),
    path("settings/audit/", audit.index, name="audit"),
]

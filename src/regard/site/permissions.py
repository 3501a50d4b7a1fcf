"""The permission table: every page and endpoint, and what it takes to reach it. A route that is not listed is closed."""

from __future__ import annotations

from dataclasses import dataclass

from regard.workspace.members.rights import Right


@dataclass(frozen=True)
class Open:
    """For anyone, signed in or not."""


@dataclass(frozen=True)
class Closed:
    """For nobody: a library's page that Regard does not use."""


@dataclass(frozen=True)
class SignedIn:
    """For anyone who is signed in, member of a workspace or not (their own account)."""

    #: Also for members who have yet to set up the second factor that their workspace requires.
    before_second_factor: bool = False


@dataclass(frozen=True)
class Keyed:
    """Checks a key by itself: the API and the local control door."""


@dataclass(frozen=True)
class Needs:
    right: Right


Access = Open | Closed | SignedIn | Keyed | Needs

_READ, _CUSTOMERS, _IMPORT = Needs(Right.READ), Needs(Right.CUSTOMERS), Needs(Right.IMPORT)
_CATALOGUE, _CONFIGURE, _EXPORT = Needs(Right.CATALOGUE), Needs(Right.CONFIGURE), Needs(Right.EXPORT)
_OWN, _RECORD, _IDENTITY, _PRIVACY = Needs(Right.OWN), Needs(Right.RECORD), Needs(Right.IDENTITY), Needs(Right.PRIVACY)

#: Route names, as `namespace:name`; a name ending in `*` covers a library's own routes.
PERMISSIONS: dict[str, Access] = {
    "health": Open(),
    "control:*": Keyed(),
    "api:*": Keyed(),
    "language": Open(),
    "favicon": Open(),
    # allauth guards its own pages
    "account_*": Open(),
    # An address is what an invitation and a sign-on are bound to: nobody changes or adds one by themselves.
    "account_email": Closed(),
    "account_email_verification_sent": Closed(),
    "account_confirm_email": Closed(),
    "account_confirm_login_code": Closed(),
    # its form would let a stranger type the address
    "socialaccount_signup": Closed(),
    "mfa_*": SignedIn(before_second_factor=True),
    # the second step of signing in: allauth holds the half-signed-in user in the session
    "mfa_authenticate": Open(),
    "openid_connect_*": Open(),
    "saml_*": Open(),
    "socialaccount_*": Open(),
    "workspace:welcome": Open(),
    "workspace:invitation": Open(),
    "workspace:theme": Open(),
    "workspace:me": SignedIn(),
    "workspace:switch": SignedIn(before_second_factor=True),
    "workspace:settings": _READ,
    "workspace:edit": _OWN,
    "workspace:members": _CONFIGURE,
    "workspace:member": _CONFIGURE,
    "workspace:departure": _CONFIGURE,
    "workspace:invite": _CONFIGURE,
    "workspace:withdraw": _CONFIGURE,
    "workspace:units": _CONFIGURE,
    "workspace:unit_new": _CONFIGURE,
    "workspace:unit": _CONFIGURE,
    "workspace:unit_delete": _CONFIGURE,
    "workspace:keys": _CONFIGURE,
    "workspace:key_new": _CONFIGURE,
    "workspace:key_revoke": _CONFIGURE,
    "workspace:signon": _OWN,
    "workspace:signon_new": _OWN,
    "workspace:signon_edit": _OWN,
    "workspace:signon_remove": _OWN,
    "workspace:audit": _CONFIGURE,
    "pulse:index": _READ,
    "explore:index": _READ,
    "explore:csv": _EXPORT,
    "touchpoints:index": _READ,
    "touchpoints:new": _CATALOGUE,
    "touchpoints:template": _CATALOGUE,
    "touchpoints:edit": _CATALOGUE,
    "touchpoints:retirement": _CATALOGUE,
    "touchpoints:return": _CATALOGUE,
    "feedback:index": _READ,
    "customers:index": _CUSTOMERS,
    "customers:show": _CUSTOMERS,
    "customers:export": _EXPORT,
    "customers:view_new": _CUSTOMERS,
    "customers:view_remove": _CUSTOMERS,
    # exporting from there and recording there are held against their own rights
    "bulk:new": _CUSTOMERS,
    "bulk:show": _CUSTOMERS,
    # the link is the right to answer
    "answering:*": Open(),
    "mine:*": Open(),
    "inapp:*": Open(),
    "look:logo": Open(),
    "look:edit": _CATALOGUE,
    "kiosk:show": Open(),
    "kiosk:manifest": Open(),
    "kiosk:script": Open(),
    "kiosk:worker": Open(),
    "kiosk:index": _READ,
    "kiosk:new": _CATALOGUE,
    "widgets:script": Open(),
    "widgets:index": _READ,
    "widgets:show": _READ,
    "widgets:trial": _READ,
    "widgets:new": _CATALOGUE,
    "widgets:edit": _CATALOGUE,
    "widgets:close": _CATALOGUE,
    # whoever has it can answer as any customer
    "widgets:secret": _CONFIGURE,
    # what people typed may name them; acting is held against its own rights
    "inbox:index": _CUSTOMERS,
    "inbox:show": _CUSTOMERS,
    "inbox:export": _EXPORT,
    "inbox:file": _CUSTOMERS,
    "inbox:act": _RECORD,
    "inbox:act_on_many": _RECORD,
    "programmes:index": _READ,
    "programmes:show": _READ,
    "programmes:panel": _CUSTOMERS,
    "programmes:unanswered": _CUSTOMERS,
    "programmes:begin": _CONFIGURE,
    "programmes:new": _CONFIGURE,
    "programmes:edit": _CONFIGURE,
    "programmes:message": _CONFIGURE,
    "programmes:mail": _CONFIGURE,
    "programmes:plan": _CONFIGURE,
    "programmes:launch": _CONFIGURE,
    "programmes:pause": _CONFIGURE,
    "programmes:end": _CONFIGURE,
    "surveys:index": _READ,
    "surveys:show": _READ,
    "surveys:code": _READ,
    "surveys:begin": _CATALOGUE,
    "surveys:new": _CATALOGUE,
    "surveys:preview": _CATALOGUE,
    # a colour as a style sheet; the frame of a preview has no session
    "surveys:colours": Open(),
    "surveys:import": _CATALOGUE,
    "surveys:edit": _CATALOGUE,
    "surveys:text": _CATALOGUE,
    "surveys:kinds": _CATALOGUE,
    "surveys:act": _CATALOGUE,
    "surveys:removal": _CATALOGUE,
    "surveys:renewal": _CATALOGUE,
    "visits:index": _READ,
    "visits:tell": _CATALOGUE,
    "visits:cancel": _CATALOGUE,
    "surveys:ask": _RECORD,
    "surveys:heard": _CATALOGUE,
    "surveys:heard_remove": _CATALOGUE,
    "surveys:versions": _READ,
    "surveys:xliff": _CATALOGUE,
    "surveys:translations": _CATALOGUE,
    "surveys:translate": _CATALOGUE,
    "surveys:publish": _CATALOGUE,
    "surveys:retirement": _CATALOGUE,
    "surveys:link_new": _CATALOGUE,
    "surveys:link_close": _CATALOGUE,
    "traits:index": _CATALOGUE,
    "traits:progress": _CATALOGUE,
    "traits:edit": _CATALOGUE,
    "traits:fit": _CATALOGUE,
    "traits:removal": _CATALOGUE,
    "traits:trust": _CATALOGUE,
    "traits:panel": _CUSTOMERS,
    # writing there is held against its own right
    "traits:one": _CUSTOMERS,
    "traits:return": _RECORD,
    "identity:panel": _CUSTOMERS,
    "identity:review": _IDENTITY,
    "identity:decide": _IDENTITY,
    "identity:other": _IDENTITY,
    "identity:join": _IDENTITY,
    "identity:apart": _IDENTITY,
    "identity:rules": _CONFIGURE,
    "identity:kind": _CONFIGURE,
    "duplicates:index": _IDENTITY,
    "duplicates:decide": _IDENTITY,
    "duplicates:search": _IDENTITY,
    "duplicates:progress": _IDENTITY,
    "duplicates:accept": _IDENTITY,
    "duplicates:settings": _IDENTITY,
    "segments:index": _CUSTOMERS,
    "segments:show": _CUSTOMERS,
    "segments:panel": _CUSTOMERS,
    "segments:new": _CATALOGUE,
    "segments:draft": _CATALOGUE,
    "segments:edit": _CATALOGUE,
    "segments:text": _CATALOGUE,
    "segments:retirement": _CATALOGUE,
    "computed:index": _CUSTOMERS,
    "computed:panel": _CUSTOMERS,
    "computed:new": _CATALOGUE,
    "computed:edit": _CATALOGUE,
    "computed:draft": _CATALOGUE,
    "computed:removal": _CATALOGUE,
    "lists:new": _CATALOGUE,
    "lists:rename": _CATALOGUE,
    "lists:paste": _RECORD,
    "lists:take_off": _RECORD,
    "lists:put_on": _RECORD,
    "timeline:panel": _CUSTOMERS,
    "accounts:index": _CUSTOMERS,
    "accounts:show": _CUSTOMERS,
    "accounts:panel": _CUSTOMERS,
    "accounts:new": _IDENTITY,
    "accounts:edit": _IDENTITY,
    "accounts:join": _IDENTITY,
    "accounts:leave": _IDENTITY,
    "accountscores:panel": _CUSTOMERS,
    "timeline:scores": _CUSTOMERS,
    "notes:mentions": _CUSTOMERS,
    "notes:panel": _RECORD,
    "notes:note": _RECORD,
    "notes:contact": _RECORD,
    "notes:removal": _RECORD,
    # links in messages: whoever has one may act for the customer it names
    # The provider proves itself by the address, which only it knows.
    "phone:hook": Open(),
    "phone:show": _CONFIGURE,
    "phone:trial": _CONFIGURE,
    "mail:report": Open(),
    "mail:returned": Open(),
    "mailbox:show": _CONFIGURE,
    "mailbox:read": _CONFIGURE,
    "mailbox:remove": _CONFIGURE,
    # each member's own
    "notices:index": _READ,
    "notices:open": _READ,
    "calendar:settings": _CUSTOMERS,
    # the address is the key
    "calendar:feed": Open(),
    "loop:index": _READ,
    "handoffs:index": _READ,
    "cases:index": _CUSTOMERS,
    "cases:show": _CUSTOMERS,
    "cases:panel": _CUSTOMERS,
    "cases:presence": _CUSTOMERS,
    "cases:new": _RECORD,
    "cases:act": _RECORD,
    "cases:act_on_many": _RECORD,
    "casefiles:show": _CUSTOMERS,
    "casefiles:picture": _CUSTOMERS,
    # what is told leaves the company
    "webhooks:*": _OWN,
    # who runs are about is held against their own rights
    "huddle:index": _READ,
    "huddle:act": _RECORD,
    "initiatives:index": _READ,
    # words of customers in it are held against their own right
    "initiatives:show": _READ,
    "initiatives:new": _CATALOGUE,
    "initiatives:edit": _CATALOGUE,
    "initiatives:measure": _CATALOGUE,
    "initiatives:task": _RECORD,
    "playbooks:index": _CUSTOMERS,
    "playbooks:show": _CUSTOMERS,
    "playbooks:run": _CUSTOMERS,
    "playbooks:trial": _CUSTOMERS,
    "playbooks:begin": _CONFIGURE,
    "playbooks:edit": _CONFIGURE,
    "playbooks:switch": _CONFIGURE,
    "playbooks:stop_all": _CONFIGURE,
    "playbooks:retirement": _CONFIGURE,
    "playbooks:rule": _CONFIGURE,
    "playbooks:rule_new": _CONFIGURE,
    "playbooks:rule_remove": _CONFIGURE,
    "queues:index": _CONFIGURE,
    "queues:new": _CONFIGURE,
    "queues:edit": _CONFIGURE,
    "queues:retire": _CONFIGURE,
    "queues:hours": _CONFIGURE,
    "queues:template": _CONFIGURE,
    "queues:template_new": _CONFIGURE,
    "queues:cause": _CONFIGURE,
    "queues:cause_retire": _CONFIGURE,
    # the link is the right to say whether it is solved
    "closures:solved": Open(),
    "mail:show": _CONFIGURE,
    "mail:trial": _CONFIGURE,
    "contact:unsubscribe": Open(),
    "contact:confirm": Open(),
    "contact:panel": _CUSTOMERS,
    "contact:record": _RECORD,
    "contact:hold": _RECORD,
    "contact:release": _RECORD,
    "contact:policy": _CONFIGURE,
    "contact:begin": _CONFIGURE,
    "contact:quiet": _CONFIGURE,
    "contact:quiet_remove": _CONFIGURE,
    "contact:frequency": _CONFIGURE,
    "contact:frequency_remove": _CONFIGURE,
    "contact:pause": _CONFIGURE,
    "contact:resume": _CONFIGURE,
    "contact:purpose_new": _CONFIGURE,
    "contact:purpose": _CONFIGURE,
    "contact:word": _CONFIGURE,
    "contact:purpose_retire": _CONFIGURE,
    "contact:purpose_return": _CONFIGURE,
    "contact:suppressions": _CONFIGURE,
    "contact:suppress": _CONFIGURE,
    "contact:suppressions_csv": _CONFIGURE,
    "contact:unsuppress": _CONFIGURE,
    "privacy:index": _PRIVACY,
    "privacy:keep": _PRIVACY,
    "privacy:mask": _PRIVACY,
    "privacy:keep_for_ever": _PRIVACY,
    "privacy:customer": _PRIVACY,
    "privacy:give_out": _PRIVACY,
    "privacy:erase": _PRIVACY,
    "privacy:correct": _PRIVACY,
    "privacy:name": _PRIVACY,
    "privacy:unname": _PRIVACY,
    "privacy:erasure": _PRIVACY,
    "privacy:certificate": _PRIVACY,
    "redaction:index": _PRIVACY,
    "redaction:redact": _PRIVACY,
    "sources:index": _IMPORT,
    "sources:connect": _IMPORT,
    "sources:refused": _IMPORT,
    "sources:replay": _IMPORT,
    "sources:mapping": _IMPORT,
    "sources:remap": _IMPORT,
    "sources:rule": _IMPORT,
    "sources:rule_edit": _IMPORT,
    "sources:rule_remove": _IMPORT,
    "sources:rule_move": _IMPORT,
    "imports:index": _IMPORT,
    "imports:new": _IMPORT,
    "imports:show": _IMPORT,
    "imports:progress": _IMPORT,
    "imports:refused": _IMPORT,
    "imports:undo": _IMPORT,
    "imports:drop": _IMPORT,
    "imports:map": _IMPORT,
    "imports:answer": _IMPORT,
    "imports:guess": _IMPORT,
    "imports:text": _IMPORT,
    # A tap is a program: who chooses it, or what it is told, decides what runs on this server.
    "connections:index": _IMPORT,
    "connections:new": _OWN,
    "connections:show": _IMPORT,
    "connections:progress": _IMPORT,
    "connections:edit": _OWN,
    "connections:install": _OWN,
    "connections:settings": _OWN,
    "connections:test": _IMPORT,
    "connections:run": _IMPORT,
    "connections:stop": _IMPORT,
    "connections:schedule": _IMPORT,
    "connections:runs": _IMPORT,
    "connections:log": _IMPORT,
    "connections:again": _IMPORT,
    "connections:undo": _IMPORT,
    "connections:remove": _OWN,
    "connections:streams": _IMPORT,
    "connections:map": _IMPORT,
    "connections:text": _IMPORT,
    "connections:guess": _IMPORT,
    "connections:sample": _IMPORT,
    "connections:fields": _IMPORT,
    "connections:refused": _IMPORT,
    # What is sent back is customers' data that leaves the company.
    "writeback:index": _IMPORT,
    "writeback:new": _OWN,
    "writeback:show": _OWN,
    "writeback:edit": _OWN,
    "writeback:secret": _OWN,
    "writeback:old_secret": _OWN,
    "writeback:host_key": _OWN,
    "writeback:trial": _OWN,
    "writeback:switch": _OWN,
    "writeback:send": _OWN,
    "writeback:again": _OWN,
    "writeback:stop": _OWN,
    "writeback:heed": _OWN,
    "writeback:remove": _OWN,
}


#: What customers and respondents meet: all that the host of surveys serves, where it has one of its own.
_RESPONDENTS = frozenset({
    "answering:*", "mine:*", "inapp:*", "kiosk:show", "kiosk:manifest", "kiosk:script", "kiosk:worker", "widgets:script", "contact:unsubscribe",
    "contact:confirm", "surveys:colours", "look:logo", "closures:solved", "favicon", "health",
})  # fmt: skip


def for_respondents(route: str) -> bool:
    return route in _RESPONDENTS or f"{route.partition(':')[0]}:*" in _RESPONDENTS


def access(route: str) -> Access | None:
    """What a route needs, or None when the table does not know it (and it is therefore closed)."""
    if route in PERMISSIONS:
        return PERMISSIONS[route]
    families = [name for name in PERMISSIONS if name.endswith("*") and route.startswith(name[:-1])]
    return PERMISSIONS[max(families, key=len)] if families else None

"""Taps that many people need, with the settings that each asks for. Any other tap works the same; its settings are then named by hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Asked:
    """A setting that a tap asks for. `kind` is how its value is written: text, number, yes or json."""

    name: str
    secret: bool = False
    kind: str = "text"
    example: str = ""


@dataclass(frozen=True)
class KnownTap:
    key: str
    label: str
    brings: str | Promise
    package: str
    settings: tuple[Asked, ...]


_START = Asked("start_date", example="2026-01-01T00:00:00Z")
KNOWN = (
    KnownTap("hubspot", "HubSpot", _("Contacts, companies, deals, tickets"), "tap-hubspot", (
        Asked("redirect_uri", example="https://www.example.org"), Asked("client_id"),
        Asked("client_secret", secret=True), Asked("refresh_token", secret=True), _START)),
    KnownTap("salesforce", "Salesforce", _("Accounts, contacts, cases, opportunities"), "tap-salesforce", (
        Asked("client_id"), Asked("client_secret", secret=True), Asked("refresh_token", secret=True), _START,
        Asked("api_type", example="REST"), Asked("select_fields_by_default", kind="yes", example="true"))),
    KnownTap("zendesk", "Zendesk", _("Tickets, users, organisations, satisfaction ratings"), "tap-zendesk", (
        Asked("subdomain", example="acme"), Asked("email"), Asked("api_token", secret=True), _START)),
    KnownTap("stripe", "Stripe", _("Customers, charges, invoices, subscriptions"), "tap-stripe", (
        Asked("account_id"), Asked("client_secret", secret=True), _START)),
    KnownTap("shopify", "Shopify", _("Customers, orders, abandoned checkouts"), "tap-shopify", (
        Asked("shop", example="my-shop"), Asked("access_token", secret=True), _START)),
    KnownTap("postgres", "PostgreSQL", _("Tables of any database of yours"), "meltanolabs-tap-postgres", (
        Asked("host"), Asked("port", kind="number", example="5432"), Asked("user"), Asked("password", secret=True), Asked("database"),
        Asked("filter_schemas", kind="json", example='["public"]'))),
    KnownTap("rest", "REST API", _("Anything that answers with JSON"), "tap-rest-api-msdk", (
        Asked("api_url", example="https://api.example.org"), Asked("headers", kind="json", secret=True, example='{"Authorization": "Bearer …"}'),
        Asked("streams", kind="json", example='[{"name": "visits", "path": "/visits", "primary_keys": ["id"], "records_path": "$.visits[*]"}]'))),
)  # fmt: skip
BY_KEY = {tap.key: tap for tap in KNOWN}

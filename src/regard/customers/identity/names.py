"""The namespaces of identifiers, and one spelling for each value."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext_lazy as _

USER, ANONYMOUS, EMAIL, PHONE = "user", "anonymous", "email", "phone"
#: Names an account, not a person: what comes with it belongs to the account.
ACCOUNT = "account"
LONGEST = 512
#: E.164 has at most 15 digits; fewer than 5 are an extension, not a number.
_FEWEST_DIGITS, _MOST_DIGITS = 5, 15
#: What programs send when they have nothing to send. As an id it would make one person of all.
_NOTHING = frozenset(
    {"", "null", "undefined", "none", "nil", "nan", "n/a", "na", "unknown", "anonymous", "(none)", "(not set)", "-",
     "00000000-0000-0000-0000-000000000000", "[object object]"}
)  # fmt: skip
#: Marks that turn the reading direction or have no width: two ids that look alike must be alike. 0x1F stands between ids on their
#: way to PostgreSQL.
_INVISIBLE = dict.fromkeys(
    [0x001F, 0x00AD, 0x061C, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
)
#: Mailboxes of a role, which many people read and write.
ROLES = frozenset({
    "abuse", "accounting", "accounts", "admin", "billing", "bookings", "careers", "contact", "customerservice", "enquiries", "finance",
    "hello", "help", "helpdesk", "hostmaster", "hr", "info", "inquiries", "invoices", "jobs", "kontakt", "mail", "marketing", "noreply",
    "no-reply", "office", "orders", "post", "postmaster", "press", "reception", "sales", "service", "support", "team", "webmaster",
})  # fmt: skip
_GOOGLE = frozenset({"gmail.com", "googlemail.com"})

_TITLES = {USER: _("user id"), EMAIL: _("e-mail"), PHONE: _("phone"), ANONYMOUS: _("device"), ACCOUNT: _("account key")}

Key = tuple[str, str]


@lru_cache(maxsize=100_000)
def normalised(namespace: str, value: str, *, country: str = "", gmail_dots: bool = False) -> str:
    """The spelling that is stored and compared; "" when nothing usable is left.

    Phone numbers without a country are of `country` (ISO 3166, two letters). With `gmail_dots`, dots and +tags of Gmail
    addresses are dropped.
    """
    plain_ascii = value.isascii() and value.isprintable()
    text = (value if plain_ascii else unicodedata.normalize("NFC", value).translate(_INVISIBLE)).strip()
    if "\0" in text or len(text) > LONGEST or text.casefold() in _NOTHING:
        return ""
    if namespace == EMAIL:
        return _email(text, gmail_dots)
    if namespace == PHONE:
        return _phone(text, country)
    return text


def user_ids(values: Iterable[str]) -> list[str]:
    """As `normalised` for ids of users: nearly all are plain, and there are too many to look each up."""
    return [
        value
        if value.isascii() and value.isprintable() and value == value.strip() and len(value) <= LONGEST and value.casefold() not in _NOTHING
        else normalised(USER, value)
        for value in values
    ]  # fmt: skip


def _email(text: str, gmail_dots: bool) -> str:
    local, at, domain = text.casefold().rpartition("@")
    if not at or not local or not domain or " " in text:
        return ""
    if gmail_dots and domain in _GOOGLE:
        local, domain = local.partition("+")[0].replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _phone(text: str, country: str) -> str:
    """E.164 where the country is known; else the digits, which still join equal spellings."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        digits = "".join(character for character in text if character.isdecimal() and character.isascii())
        return digits if _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def titled(namespace: str) -> str:
    """A kind of identifier as people read it."""
    return str(_TITLES.get(namespace, namespace))


def plain(name: str, *, longest: int = 200) -> str:
    """A person's name as it is kept: one form of Unicode, no marks that turn or hide text, no line breaks, cut to its column."""
    text = unicodedata.normalize("NFC", name[: 4 * longest]).translate(_INVISIBLE)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest]

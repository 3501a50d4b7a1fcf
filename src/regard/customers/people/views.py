from __future__ import annotations

import re

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.customers.people.export import how_many, table
from regard.customers.people.find import customer_or_404
from regard.customers.people.listing import COLUMNS, DEFAULT_COLUMNS, SORTS, Listing, read_listing
from regard.customers.people.page import customer_page, people_page
from regard.customers.people.queries import visible
from regard.customers.people.slots import SLOTS
from regard.customers.saved.queries import saved_views
from regard.warehouse import WarehouseAway
from regard.web.tables import MOST_IN_A_SHEET, as_csv, as_sheet
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right
from regard.workspace.units.field import unit_choices, within

_PLACE = re.compile(r"~?\d{1,19}")
MOST_CHOSEN = 500


def index(request: RegardRequest) -> HttpResponse:
    listing = _asked(request)
    after = request.GET.get("after", "")
    after = after if _PLACE.fullmatch(after) else ""
    page = people_page(request.scope, listing, after, may_decide=request.member.may(Right.IDENTITY))
    views = saved_views(request.member)
    view = next((one for one in views if str(one.pk) == request.GET.get("view")), None)
    context = {
        "page": page, "mentions": SLOTS.mentions(request.member), "listing": listing, "query": listing.query(), "views": views, "view": view,
        "own": view is not None and view.member_id == request.member.pk, **_choices(request, listing),
        "may_act": request.member.may(Right.RECORD) or request.member.may(Right.EXPORT),
    }  # fmt: skip
    return render(request, "customers/people/index.html", context)


def export(request: RegardRequest) -> HttpResponseBase:
    """The list as the address describes it, or the customers chosen, as CSV or as a workbook."""
    listing, chosen = _asked(request), chosen_ids(request.GET.getlist("chosen"))
    mine = sorted(visible(request.scope, chosen)) if chosen else None
    sheet = request.GET.get("format") == "xlsx"
    number = len(mine) if mine is not None else how_many(request.scope, listing)
    if sheet and number > MOST_IN_A_SHEET:
        messages.error(
            request,
            _("A workbook takes at most %(most)s customers here: take the CSV.") % {"most": f"{MOST_IN_A_SHEET:,}"},
        )
        return redirect(f"{reverse('customers:index')}?{listing.query()}")
    AuditEntry.write(
        request.workspace.pk, actor=request.user.email, action="customers.exported", format="xlsx" if sheet else "csv",
        customers=number, columns=list(listing.columns), segment=listing.group, unit=listing.unit,
        traits=[name for name, _value in listing.traits], by_words=bool(listing.words),
    )  # fmt: skip
    rows = table(request.scope, listing, request.workspace.zone, mine)
    if sheet:
        return FileResponse(as_sheet(rows, _("Customers")), as_attachment=True, filename="customers.xlsx")
    answer = StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return answer


def show(request: RegardRequest, pk: int) -> HttpResponse:
    """A customer and the panels that other features add. A merged profile leads to whose it is today."""
    found = customer_or_404(request.scope, pk)
    if found.id != pk:
        return redirect(reverse("customers:show", args=[found.id]))
    if account := SLOTS.account_of(found.id):
        return redirect("accounts:show", account)
    return render(request, "customers/people/show.html", {"page": customer_page(request.member, request.scope, found)})


def chosen_ids(given: list[str]) -> list[int]:
    """Customers that were ticked, by id."""
    found = (int(text) for text in given[:MOST_CHOSEN] if text.isascii() and text.isdecimal() and len(text) < 19)
    return list(dict.fromkeys(found))


def _asked(request: RegardRequest) -> Listing:
    """The list of the address; a trait that is typed in two fields (`has`, `value`) is added to it."""
    given = dict(request.GET.lists())
    has, value = request.GET.get("has", "").strip(), request.GET.get("value", "").strip()
    if has and value:
        given["trait"] = [*given.get("trait", []), f"{has}:{value}"]
    if more := request.GET.get("more", "").strip():
        given["column"] = [*given.get("column", []), f"trait:{more}"]
    return read_listing(given)


def _choices(request: RegardRequest, listing: Listing) -> dict[str, object]:
    try:
        groups, traits = SLOTS.groups(request.scope), SLOTS.trait_names(request.scope)
    except WarehouseAway:
        groups, traits = {}, []
    drops = [
        (f"{name}: {value}", listing.query(traits=tuple(one for one in listing.traits if one != (name, value))))
        for name, value in listing.traits
    ]
    by_trait = {f"trait:{name}": name for name in traits[:20]}
    if listing.trait_sort:
        by_trait.setdefault(listing.sort, listing.trait_sort[0])
    return {
        "groups": {str(pk): name for pk, name in groups.items()},
        "units": {str(id): name for id, name in unit_choices(within(request.scope))},
        "given": {"segment": str(listing.group or ""), "unit": str(listing.unit or "")},
        "sorts": {key: str(label) for key, label in SORTS.items()} | by_trait, "drops": drops, "traits": traits,
        "default_columns": DEFAULT_COLUMNS,
        "columns": {key: str(label) for key, label in COLUMNS.items()}
        | {f"trait:{name}": name for name in traits[:15]}
        | {column: column.removeprefix("trait:") for column in listing.columns if column not in COLUMNS},
    }  # fmt: skip

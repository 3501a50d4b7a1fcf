from __future__ import annotations

from django.http import Http404

from regard.customers.people.queries import Person, person
from regard.warehouse.scope import Scope


def customer_or_404(scope: Scope, pk: int) -> Person:
    """The customer of an address, by any of their profiles. Http404 for one that is not there or that the scope may not see."""
    found = person(scope, pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    return found

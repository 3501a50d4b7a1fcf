"""Finding what names customers, before it is given out or taken away."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from regard.customers.identity.models import Identifier, Strength
from regard.customers.identity.rules import Rules
from regard.customers.people.models import Profile
from regard.customers.privacy.registry import Subject


def subjects(workspace: int, profiles: Iterable[int]) -> list[Subject]:
    """The customers that these profiles are today. Those that are gone already are left out.

    Identifiers that several people share name nobody, so they are no key to what is theirs.
    """
    wanted = list(profiles)
    roots = {
        merged or own
        for own, merged in Profile.objects.filter(workspace_id=workspace, pk__in=wanted).values_list(
            "pk", "merged_into_id"
        )
    }
    theirs: dict[int, list[int]] = {root: [root] for root in roots}
    for own, root in Profile.objects.filter(merged_into__in=roots).values_list("pk", "merged_into_id"):
        assert root is not None
        theirs[root].append(own)
    names = dict(Profile.objects.filter(pk__in=roots).values_list("pk", "name"))
    keys: dict[int, list[tuple[str, str]]] = {root: [] for root in roots}
    rules = Rules.of(workspace)
    rows = Identifier.objects.filter(Q(profile__in=roots) | Q(profile__merged_into__in=roots), shared=None)
    for own, merged, namespace, value in rows.values_list(
        "profile_id", "profile__merged_into_id", "namespace", "value"
    ):
        if rules.strength((namespace, value)) != Strength.NEVER:
            keys[merged or own].append((namespace, value))
    return [Subject(workspace, root, tuple(theirs[root]), tuple(keys[root]), names[root]) for root in sorted(roots)]

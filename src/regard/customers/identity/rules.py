"""How strongly each kind of identifier tells who someone is."""

from __future__ import annotations

from dataclasses import dataclass, field

from regard.customers.identity.models import IdentityPolicy, Namespace, Strength
from regard.customers.identity.names import ACCOUNT, ANONYMOUS, EMAIL, PHONE, ROLES, USER, Key, normalised

#: Whom to believe first when one event names people who are known apart.
_TRUST = {USER: 0, EMAIL: 2, PHONE: 3, ANONYMOUS: 4}


@dataclass(frozen=True)
class Kind:
    strength: str
    #: A person has one value of it: two values are two people until someone says otherwise.
    single: bool = False


_DEFAULTS = {
    USER: Kind(Strength.STRONG, single=True), EMAIL: Kind(Strength.STRONG), PHONE: Kind(Strength.STRONG), ANONYMOUS: Kind(Strength.WEAK),
    "device": Kind(Strength.WEAK), "cookie": Kind(Strength.WEAK), "crm": Kind(Strength.STRONG, single=True),
    "household": Kind(Strength.NEVER), ACCOUNT: Kind(Strength.STRONG, single=True),
}  # fmt: skip
#: A key that nobody has described: it names one person, who may have several.
_OTHER = Kind(Strength.STRONG)


@dataclass(frozen=True)
class Rules:
    kinds: dict[str, Kind] = field(default_factory=lambda: dict(_DEFAULTS))
    country: str = ""
    gmail_dots: bool = False
    roles_are_shared: bool = True
    shared_after: int = 5

    @classmethod
    def of(cls, workspace: int) -> Rules:
        own = {
            name: Kind(strength, single)
            for name, strength, single in Namespace.objects.filter(workspace_id=workspace).values_list(
                "name", "strength", "single"
            )
        }
        policy = IdentityPolicy.objects.filter(workspace_id=workspace).first()
        if policy is None:
            return cls(kinds=_DEFAULTS | own)
        return cls(_DEFAULTS | own, policy.country, policy.gmail_dots, policy.roles_are_shared, policy.shared_after)

    def normalised(self, namespace: str, value: str) -> str:
        return normalised(namespace, value, country=self.country, gmail_dots=self.gmail_dots)

    def kind(self, namespace: str) -> Kind:
        return self.kinds.get(namespace, _OTHER)

    def strength(self, key: Key) -> str:
        if key[0] == EMAIL and self.roles_are_shared and key[1].partition("@")[0] in ROLES:
            return Strength.NEVER
        return self.kind(key[0]).strength

    def single(self, namespace: str) -> bool:
        kind = self.kind(namespace)
        return kind.single and kind.strength == Strength.STRONG

    def trust(self, key: Key) -> tuple[int, str, str]:
        """Sorts keys: the one to believe first comes first, whatever order they came in."""
        return _TRUST.get(key[0], 1), *key

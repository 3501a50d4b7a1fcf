"""Who is who, in memory: keys are held by profiles, profiles joined to people, people linked where joining them is forbidden.

Keys that come together name one person. Each strong key is a node: its holder's person, or a new one. Nodes are joined, unless
both sides already have a value of a kind of which a person has one (two CRM ids): then they are linked, for a person to decide.
Either way they are connected, so who is connected with whom never depends on the order of what comes; and where nothing is
forbidden, what is connected is one person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from regard.customers.identity.models import Merge, Strength
from regard.customers.identity.names import ANONYMOUS, USER, Key
from regard.customers.identity.rules import Rules


@dataclass(frozen=True)
class Sighting:
    """Identifiers that came together. `same_as` is set by an alias: an id that is said to be the same person."""

    keys: tuple[Key, ...]
    same_as: str = ""


@dataclass(frozen=True)
class Joined:
    """Two profiles whose people turned out to be one, and by what: taken away again, what came with each goes with it."""

    one: int
    other: int
    why: str
    key: Key


@dataclass
class Graph:
    rules: Rules
    number: Callable[[], int]  # gives the id of a new profile
    holder: dict[Key, int] = field(default_factory=dict)
    above: dict[int, int] = field(default_factory=dict)  # profile → one nearer to its root
    #: root → kind → its values, of kinds of which a person has one
    anchors: dict[int, dict[str, set[str]]] = field(default_factory=dict)
    strong: set[int] = field(default_factory=set)  # roots that have a strong key
    shared: set[Key] = field(default_factory=set)
    aliased: set[Key] = field(default_factory=set)
    #: key → people known apart who were seen with it
    claims: dict[Key, set[int]] = field(default_factory=dict)
    #: Links that wait for a decision from before.
    open_links: dict[tuple[int, int, Key], None] = field(default_factory=dict)
    #: root → roots that someone has said are others
    apart: dict[int, set[int]] = field(default_factory=dict)

    # What came of it, to be written down.
    made: list[int] = field(default_factory=list)
    learned: list[tuple[Key, int]] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    losers: list[int] = field(default_factory=list)  # roots that are roots no more
    links: dict[tuple[int, int, Key], None] = field(default_factory=dict)
    newly_shared: dict[Key, int] = field(default_factory=dict)
    newly_aliased: set[Key] = field(default_factory=set)

    def root(self, profile: int) -> int:
        while (above := self.above.get(profile, profile)) != profile:
            self.above[profile] = self.above.get(above, above)
            profile = self.above[profile]
        return profile

    def see(self, sighting: Sighting) -> int:
        """The profile that holds the most trusted of these keys; whose it is says `root`."""
        keys = sorted(dict.fromkeys(sighting.keys), key=self.rules.trust)
        of: dict[str, list[Key]] = {Strength.STRONG: [], Strength.WEAK: [], Strength.NEVER: []}
        for key in keys:
            of[Strength.NEVER if key in self.shared else self.rules.strength(key)].append(key)
        told = of[Strength.STRONG] + of[Strength.WEAK]
        if not told:
            return self._nobody(of[Strength.NEVER])
        person = self._strong(of[Strength.STRONG])
        person = self._weak(of[Strength.WEAK], person)
        if sighting.same_as and (USER, sighting.same_as) not in keys:
            self._alias(person, sighting.same_as)
        return next((self.holder[key] for key in told if key not in self.shared), person)

    def _nobody(self, keys: list[Key]) -> int:
        """Keys that many share, and nothing else: what comes by them is kept together, and joined with nobody."""
        known = next((self.holder[key] for key in keys if key in self.holder), 0)
        return known or self._new(keys[0])

    def _strong(self, keys: list[Key]) -> int:
        """The person whom these strong keys name (0 for no keys)."""
        person, by = 0, ("", "")
        for key in keys:
            if key in self.shared:  # since a moment ago
                continue
            if not person:
                person, by = self.holder.get(key) or self._new(key), key
            elif key not in self.holder and not (
                self.rules.single(key[0]) and self._forbidden(self.root(person), {key[0]: {key[1]}})
            ):
                self._give(key, person)
            else:
                other = self.holder.get(key) or self._new(key)
                # What brought them together is the key that may be another's: the one of which a person has several.
                self._decide(person, other, by if self.rules.single(key[0]) else key, Merge.Why.KEY)
        return person

    def _weak(self, keys: list[Key], person: int) -> int:
        """Ids of devices join what nobody is known by, and never two who are known."""
        for key in keys:
            held = self.holder.get(key)
            if held is None:
                if person:
                    self._give(key, person)
                else:
                    person = self._new(key)
            elif not person:
                person = held
            elif not self.strong >= {self.root(held), self.root(person)}:
                self._decide(person, held, key, Merge.Why.KEY)
        return person

    def _alias(self, person: int, previous: str) -> None:
        """The company says that `previous` is this person. It is then one more id of theirs and no longer forbids anything; whom it
        kept from being joined is joined. Which of the two kinds of id it is, nobody says, and either may be met later."""
        key = (USER, previous)
        if key not in self.shared:
            self.aliased.add(key)
            self.newly_aliased.add(key)
            held = self.holder.get(key)
            if held is None:
                self._give(key, person)
            else:
                root = self.root(held)
                self._anchors(root).get(USER, set()).discard(previous)
                for low, high, by in sorted(self.links | self.open_links):
                    if root in (self.root(low), self.root(high)):
                        self._decide(low, high, by, Merge.Why.ALIAS)
                self._decide(person, held, key, Merge.Why.ALIAS)
        self._weak([(ANONYMOUS, previous)], person)

    def _decide(self, this: int, that: int, key: Key, why: str) -> None:
        """The people of two profiles are said to be one: so they are, or someone has to decide, or has decided that they are not."""
        one, other = self.root(this), self.root(that)
        if one == other or other in self.apart.get(one, ()):
            return
        if self._forbidden(one, self._anchors(other)):
            self._link(one, other, key)
        else:
            self.joined.append(Joined(this, that, why, key))
            self._unite(one, other)

    def _forbidden(self, root: int, anchors: dict[str, set[str]]) -> bool:
        mine = self._anchors(root)
        return any(values and mine.get(kind) and not values <= mine[kind] for kind, values in anchors.items())

    def _anchors(self, root: int) -> dict[str, set[str]]:
        return self.anchors.get(root, {})

    def _unite(self, one: int, other: int) -> None:
        winner, loser = min(one, other), max(one, other)
        self.above[loser] = winner
        self.losers.append(loser)
        mine = self.anchors.setdefault(winner, {})
        for kind, values in self.anchors.pop(loser, {}).items():
            mine.setdefault(kind, set()).update(values)
        if loser in self.strong:
            self.strong.add(winner)
        for third in self.apart.pop(loser, set()):
            self.apart.setdefault(winner, set()).add(third)
            self.apart.setdefault(third, set()).add(winner)

    def _link(self, one: int, other: int, key: Key) -> None:
        self.links[(min(one, other), max(one, other), key)] = None
        claims = self.claims.setdefault(key, set())
        claims.update((one, other))
        if len(claims) > self.rules.shared_after < len({self.root(claim) for claim in claims}):
            self._share(key)

    def _share(self, key: Key) -> None:
        """Too many people known apart were seen with it: it tells nobody any more, and nobody is linked by it."""
        self.shared.add(key)
        self.anchors.get(self.root(self.holder[key]), {}).get(key[0], set()).discard(key[1])
        alone = self.number()
        self.made.append(alone)
        self.holder[key] = self.newly_shared[key] = alone
        self.learned = [(known, profile) for known, profile in self.learned if known != key]
        self.links = {link: None for link in self.links if link[2] != key}

    def _new(self, key: Key) -> int:
        profile = self.number()
        self.made.append(profile)
        self._give(key, profile)
        return profile

    def _give(self, key: Key, profile: int) -> None:
        self.holder[key] = profile
        self.learned.append((key, profile))
        if key not in self.shared and self.rules.strength(key) == Strength.STRONG:
            root = self.root(profile)
            self.strong.add(root)
            if self.rules.single(key[0]) and key not in self.aliased:
                self.anchors.setdefault(root, {}).setdefault(key[0], set()).add(key[1])


def clusters(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """What hangs together by these pairs."""
    above: dict[int, int] = {}

    def root(one: int) -> int:
        above.setdefault(one, one)
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    for one, other in pairs:
        above[root(one)] = root(other)
    found: dict[int, set[int]] = {}
    for one in above:
        found.setdefault(root(one), set()).add(one)
    return list(found.values())

"""The index over what customers said: words without accents and case."""

from __future__ import annotations

from regard.ledger.ddl import LEDGER
from regard.warehouse.migrate import Migration

SAID_AS = "lowerUTF8(if(isValidASCII(text), text, replaceRegexpAll(normalizeUTF8NFKD(text), '\\\\p{Mn}', '')))"
MIGRATIONS = [
    Migration(
        "said-0001",
        lambda cluster: [
            f"alter table {LEDGER.local(cluster)} add index if not exists said {SAID_AS} type text(tokenizer = splitByNonAlpha)",
            f"alter table {LEDGER.local(cluster)} materialize index said",
        ],
    )
]

"""A person is erased and searched for in everything that is kept: both engines, dumps, exports, and an older backup once restored."""

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from django.db import connection

from regard.connectors.files.models import FileImport
from regard.connectors.files.rows import PROBLEM, RAW, ROW
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.customers.identity.models import Identifier
from regard.customers.models import ErasedKey, Erasure, Profile
from regard.customers.privacy.erase import NobodyThere, OnHold, ask, carry_out, prove_again
from regard.ledger.inbox.body import unpacked
from regard.ledger.inbox.models import InboxRow
from regard.ledger.inbox.put import put_chunk, put_rows
from regard.ledger.record.correct import replay
from regard.ledger.record.project import project_all
from regard.ledger.sources.models import Source, SourceKind
from regard.segments.mirror import rebuild
from regard.testing.events import send, source, track

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BEFORE = NOW - timedelta(days=40)

pytestmark = pytest.mark.django_db


def identify(id, user, at=BEFORE, **traits):
    return {"type": "identify", "messageId": id, "userId": user, "timestamp": at.isoformat(), "traits": traits}


def answer(id, user, score, text, at):
    return {
        "kind": "answer", "message_id": id, "at": at.isoformat(), "metric": "nps", "scale_low": 0, "scale_high": 10, "score": score,
        "text": text, "user_id": user,
    }  # fmt: skip


@pytest.fixture
def company(workspace, ledger):
    """Inès, whom everybody knows by three names, and Karim, whose notes mention her address."""
    at = BEFORE.isoformat()
    send(
        workspace,
        identify("i1", "C40718", email="Ines@Example.org", phone="+33 6 12 34 56 78", name="Inès Moreau", plan="fibre"),
        identify("i2", "K90001", email="karim@example.org", name="Karim Haddad"),
        track("t1", user="C40718", timestamp=at, properties={"queue": "billing", "called": "06 12 34 56 78"}),
        track("t2", user="K90001", timestamp=at, properties={"referred_by": "ines@example.org", "agent": 7}),
        track("t3", user="K90001", timestamp=(BEFORE - timedelta(days=60)).isoformat()),
        {"type": "track", "messageId": "t4", "event": "", "userId": "C40718"},
        received=BEFORE,
    )
    product = Source.objects.create(workspace=workspace, kind=SourceKind.PRODUCT, name="Surveys")
    put_rows(
        workspace=workspace.pk, source=product.pk,
        rows=[answer("a1", "C40718", 2, "Nobody called back Inès", BEFORE), answer("a2", "K90001", 9, "Great", BEFORE)],
    )  # fmt: skip
    map_text = (
        "what: customers\nreading: {columns: [id, mail, city]}\ncolumns:\n- {column: id, becomes: user_id}\n"
        "- {column: mail, becomes: email}\n- {column: city, becomes: trait}\n"
    )
    imported = Source.objects.create(workspace=workspace, kind=SourceKind.FILE, name="crm.csv")
    FileImport.objects.create(
        workspace=workspace,
        source=imported,
        what="customers",
        name="crm.csv",
        map_text=map_text,
        sha256="x" * 64,
        by="us",
    )
    put_chunk(workspace=workspace.pk, source=imported.pk, chunk=crm(), received=BEFORE)
    project_all()
    suppress(workspace.pk, [Line(1, "ines@example.org", "asked")], why="asked", by="us", now=NOW)
    list(rebuild(workspace.pk))
    return workspace


def crm():
    return pa.table(
        {
            "id": ["C40718", "K90001"], "mail": ["ines@example.org", "karim@example.org"], "city": ["Paris", "Lyon"],
            ROW: pa.array([1, 2], pa.uint32()), PROBLEM: pa.nulls(2, pa.string()), RAW: pa.nulls(2, pa.string()),
        }
    )  # fmt: skip


def customer(value):
    return Identifier.objects.get(value=value).profile.customer_id


def erase(workspace, value="C40718", **more):
    erasure = ask(workspace.pk, [customer(value)], by="dpo@halcyon.example", **more)
    carry_out(erasure, now=NOW)
    return erasure


def everything_in_postgres():
    """All there is as text, the inbox unpacked: what a dump would hold."""
    kept = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'select to_jsonb(t)::text from "{table}" t')
            kept += [text for (text,) in cursor.fetchall()]
        cursor.execute("select encode(raw, 'escape') from ledger_refuseditem")
        kept += [text for (text,) in cursor.fetchall()]
    for row in InboxRow.objects.all():
        kept.append(unpacked(row.body, row.size).decode("utf-8", "replace"))
    return "\n".join(kept)


def everything_in_the_ledger(ledger):
    tables = [name for (name,) in ledger.unscoped("select name from system.tables where database = currentDatabase()")]
    return "\n".join(
        str(ledger.unscoped(f"select * from `{table}` settings apply_deleted_mask = 0")) for table in tables
    )


TRACES = ("C40718", "ines@example.org", "Ines@Example.org", "+33612345678", "06 12 34 56 78", "Moreau")


def test_nothing_names_them_any_more_in_either_engine(company, ledger):
    assert all(trace in everything_in_postgres() for trace in ("C40718", "Ines@Example.org", "Moreau"))
    assert "06 12 34 56 78" in everything_in_the_ledger(ledger)
    erasure = erase(company)
    kept = everything_in_postgres() + everything_in_the_ledger(ledger)
    assert [trace for trace in TRACES if trace.casefold() in kept.casefold()] == []
    assert erasure.left == {}
    assert erasure.removed["ledger"] == 2 and erasure.removed["inbox"] == 5


def test_others_keep_what_is_theirs(company, ledger):
    erase(company)
    karim = customer("K90001")
    rows = ledger.unscoped(f"select event, properties from ledger where profile = {karim} order by at, id")
    assert len(rows) == 3
    referred = next(json.loads(properties) for _event, properties in rows if "referred" in properties)
    assert referred == {"referred_by": "[erased]", "agent": 7}
    assert Profile.objects.get(pk=karim).name == "Karim Haddad"


def test_reading_everything_again_does_not_bring_them_back(company, ledger):
    erase(company)
    replay(company.pk, list(InboxRow.objects.values_list("pk", flat=True)))
    project_all()
    assert not Identifier.objects.filter(value="C40718").exists()
    assert ledger.unscoped("select count() from ledger") == [(3,)]
    for row in InboxRow.objects.all():
        assert row.accepted + row.refused + row.repeated == row.items


def test_what_comes_in_late_is_counted_and_dropped_and_records_of_them_too(company, ledger):
    erase(company)
    late = send(company, track("late", user="C40718", timestamp=(NOW - timedelta(days=1)).isoformat()), received=NOW)
    again = put_chunk(
        workspace=company.pk, source=FileImport.objects.get().source_id, received=NOW + timedelta(days=1),
        chunk=crm().set_column(3, ROW, pa.array([11, 12], pa.uint32())),
    )  # fmt: skip
    project_all()
    late.refresh_from_db()
    again.refresh_from_db()
    assert (late.accepted, late.refused) == (0, 1)
    assert (again.accepted, again.refused) == (1, 1)
    assert "C40718" not in everything_in_postgres().replace(unpacked(late.body, late.size).decode(), "").replace(
        unpacked(again.body, again.size).decode("utf-8", "replace"), ""
    )
    assert not Identifier.objects.filter(value="ines@example.org").exists()


def test_who_comes_back_by_their_own_act_is_a_new_person(company, ledger):
    before = customer("C40718")
    erase(company)
    after = NOW + timedelta(days=3)
    send(company, track("back", user="C40718", timestamp=after.isoformat()), received=after)
    project_all()
    new = customer("C40718")
    assert new != before
    assert ledger.unscoped(f"select count() from ledger where profile = {new}") == [(1,)]
    send(company, identify("i9", "C40718", at=after, email="ines@example.org"), received=after)
    project_all()
    assert customer("ines@example.org") == new


def test_an_anonymised_customer_leaves_their_scores_and_nothing_else(company, ledger):
    erase(company, mode=Erasure.Mode.ANONYMISE)
    rows = ledger.unscoped(
        "select profile, score, text, properties, toMinute(at) from ledger where metric = 'nps' order by score"
    )
    assert rows[0] == (0, 2.0, "", "", 0)
    kept = everything_in_postgres() + everything_in_the_ledger(ledger)
    assert [trace for trace in (*TRACES, "Inès") if trace in kept] == []


def test_cut_short_it_is_done_again_and_counts_nothing_twice(company, ledger, monkeypatch):
    from regard.customers.privacy.registry import REGISTRY

    erasure = ask(company.pk, [customer("C40718")], by="dpo", mode=Erasure.Mode.ANONYMISE)
    whole = REGISTRY.keepers

    def killed(taken):
        raise KeyboardInterrupt

    from dataclasses import replace

    for place in range(len(whole)):
        broken = tuple(replace(one, erase=killed) if at == place else one for at, one in enumerate(whole))
        monkeypatch.setattr(REGISTRY, "keepers", broken)
        with pytest.raises(KeyboardInterrupt):
            carry_out(erasure, now=NOW)
    monkeypatch.setattr(REGISTRY, "keepers", whole)
    carry_out(erasure, now=NOW)
    assert ledger.unscoped("select count() from ledger where metric = 'nps'") == [(2,)]
    kept = everything_in_postgres() + everything_in_the_ledger(ledger)
    assert [trace for trace in TRACES if trace in kept] == []


def test_their_address_is_still_never_used(company, ledger):
    from regard.customers.contact.queries import suppressed

    erase(company)
    assert suppressed(company.pk, "email", ["ines@example.org", "karim@example.org"]) == {"ines@example.org": "asked"}


def test_the_proof_is_looked_at_again_until_the_disk_holds_nothing(company, ledger, monkeypatch):
    from regard.customers.privacy.registry import REGISTRY

    erasure = erase(company)
    gone = erasure.profiles[0]
    ledger.execute(
        f"insert into people (workspace, profile, customer) values ({company.pk}, {gone}, {gone})"
    )  # a mirror that was late
    monkeypatch.setattr(REGISTRY, "on_disk", lambda: 0)
    assert not prove_again(erasure, now=NOW)
    assert prove_again(erasure, now=NOW)
    assert ledger.unscoped(f"select count() from people where profile = {gone}") == [(0,)]


def test_the_second_look_searches_for_the_words_again_and_forgets_them_when_nothing_is_left(
    company, ledger, monkeypatch
):
    from regard.customers.privacy.registry import REGISTRY

    monkeypatch.setattr(REGISTRY, "on_disk", lambda: 0)
    waiting = FileImport.objects.get()
    waiting.stored = "waiting.csv"
    waiting.save()
    waiting.path.parent.mkdir(exist_ok=True)
    waiting.path.write_text("id,mail\nX1,ines@example.org\n")
    erasure = erase(company)
    assert erasure.left == {"connectors": 1}
    assert not prove_again(erasure, now=NOW) and erasure.left == {"connectors": 1}
    assert "ines" not in erasure.sought
    waiting.drop_upload()
    assert prove_again(erasure, now=NOW)
    assert (erasure.left, erasure.sought) == ({}, "")


def test_rows_that_a_correction_only_hid_go_too(company, ledger):
    """A deleted row stays on disk under a mask until it is merged away."""
    ines = customer("C40718")
    ledger.execute(f"delete from ledger where profile = {ines}")
    assert "06 12 34 56 78" in everything_in_the_ledger(ledger)
    assert erase(company).left == {}
    assert "06 12 34 56 78" not in everything_in_the_ledger(ledger)


def test_a_legal_hold_stands_above_the_wish(company, ledger):
    from regard.customers.contact.restrain import restrain

    restrain(company.pk, reason="legal hold", by="us", now=NOW, customers=[customer("C40718")])
    with pytest.raises(OnHold):
        ask(company.pk, [customer("C40718")], by="dpo")


def test_customers_of_another_workspace_are_nobody(company, ledger):
    from regard.workspace.models import Workspace

    other = Workspace.found(name="Other", industry="retail", time_zone="Europe/Paris")
    with pytest.raises(NobodyThere):
        ask(other.pk, [customer("C40718")], by="dpo")
    assert not ErasedKey.objects.exists()


def test_an_identical_customer_of_another_workspace_stays(company, ledger):
    from regard.workspace.models import Workspace

    other = Workspace.found(name="Other", industry="retail", time_zone="Europe/Paris")
    source(other)
    send(other, identify("i1", "C40718", email="ines@example.org"), received=BEFORE)
    project_all()
    erasure = ask(company.pk, [Identifier.objects.get(workspace=company, value="C40718").profile_id], by="dpo")
    carry_out(erasure, now=NOW)
    assert erasure.left == {}
    assert Identifier.objects.get(value="ines@example.org").workspace_id == other.pk

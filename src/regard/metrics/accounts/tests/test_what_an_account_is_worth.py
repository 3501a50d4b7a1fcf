import pytest

from regard.customers.accounts.models import Account
from regard.ledger.record.project import project_all
from regard.segments.mirror import rebuild
from regard.testing.events import send
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role
from regard.workspace.models import Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(ledger, workspace):
    """A group with a subsidiary: two customers with a value in each, one of whom pays in dollars, and one whose value nobody knows."""
    people = [
        ("a", "G", 1000, "EUR"),
        ("b", "S", 500.5, "EUR"),
        ("c", "S", 70, "USD"),
        ("d", "S", "n/a", ""),
        ("e", "other", 9, "EUR"),
    ]
    for user, account, value, currency in people:
        traits = {"lifetime_value": value, "currency": currency}
        send(
            workspace,
            {"type": "identify", "messageId": user, "userId": user, "traits": traits, "context": {"groupId": account}},
        )
    project_all()
    whole, part = (Account.objects.get(workspace=workspace, profile__identifiers__value=key) for key in ("G", "S"))
    part.parent = whole
    part.save()
    list(rebuild(workspace.pk))
    return whole, part


def test_value_rolls_up_the_tree_one_sum_a_currency(workspace, group):
    client = signed_in(member(workspace, Role.AGENT))
    whole, part = group
    page = client.get(f"/accounts/{whole.pk}/scores").content.decode()
    assert "€1,500" in page and "of 2 customers" in page and "$70.00" in page and "of 1 customer<" in page
    assert "€500.50" in client.get(f"/accounts/{part.pk}/scores").content.decode()


def test_who_sees_one_unit_sums_whom_they_may_see(workspace, group):
    north = Unit.objects.create(workspace=workspace, parent=workspace.root, name="North")
    page = signed_in(member(workspace, Role.AGENT, at=north)).get(f"/accounts/{group[0].pk}/scores")
    assert "€" not in page.content.decode()

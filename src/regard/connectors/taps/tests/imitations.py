"""Streams as two CRMs send them, made up by us: their shapes, not their data."""


def text(*names):
    return {name: {"type": ["null", "string"]} for name in names}


def boxed(*names):
    """How HubSpot's older objects wrap each property."""
    return {
        name: {"type": "object", "properties": text("value", "source") | {"timestamp": {"type": ["null", "string"]}}}
        for name in names
    }


def contact(n):
    return {
        "id": str(5_000 + n),
        "createdAt": f"2026-01-{n % 28 + 1:02d}T08:00:00.000Z",
        "updatedAt": f"2026-04-{n % 28 + 1:02d}T08:00:00.000Z",
        "archived": False,
        "property_email": f"person{n}@example.org",
        "property_firstname": f"Given{n}",
        "property_lastname": f"Family{n}",
        "property_phone": "+33 1 23 45 67 89",
        "property_lifecyclestage": ["lead", "customer"][n % 2],
        "associations": {"deals": {"results": [{"id": str(n), "type": "contact_to_deal"}]}},
    }


def deal(n):
    box = lambda value: {"value": value, "timestamp": "1767225600000", "source": "CRM_UI"}  # noqa: E731
    return {
        "dealId": 900 + n,
        "isDeleted": False,
        "property_dealname": box(f"Renewal of person {n}"),
        "property_amount": box(str(100 + n)),
        "property_createdate": box(f"2026-02-{n % 28 + 1:02d}T10:00:00Z"),
        "property_closedate": box("2026-06-01T10:00:00Z"),
        "property_hs_lastmodifieddate": box(f"2026-05-{n % 28 + 1:02d}T10:00:00Z"),
        "property_dealstage": box("closedwon"),
        "associations": {"associatedVids": [5_000 + n]},
    }


HUBSPOT = {
    "contacts": {
        "keys": ["id"],
        "by": "updatedAt",
        "rows": [contact(n) for n in range(40)],
        "schema": {
            "type": "object",
            "properties": text(
                "id",
                "createdAt",
                "updatedAt",
                "property_email",
                "property_firstname",
                "property_lastname",
                "property_phone",
                "property_lifecyclestage",
            )
            | {
                "archived": {"type": ["null", "boolean"]},
                "associations": {
                    "type": ["null", "object"],
                    "properties": {
                        "deals": {"type": ["null", "object"], "properties": {"results": {"type": ["null", "array"]}}}
                    },
                },
            },
        },
    },
    "deals": {
        "keys": ["dealId"],
        "by": "",
        "rows": [deal(n) for n in range(40)],
        "schema": {
            "type": "object",
            "properties": {
                "dealId": {"type": "integer"},
                "isDeleted": {"type": "boolean"},
                "associations": {"type": "object", "properties": {"associatedVids": {"type": "array"}}},
            }
            | boxed(
                "property_dealname",
                "property_amount",
                "property_createdate",
                "property_closedate",
                "property_hs_lastmodifieddate",
                "property_dealstage",
            ),
        },
    },
}


def stamps(n):
    return {
        "CreatedDate": f"2026-01-{n % 28 + 1:02d}T09:00:00.000000Z",
        "LastModifiedDate": f"2026-03-{n % 28 + 1:02d}T09:00:00.000000Z",
        "SystemModstamp": f"2026-03-{n % 28 + 1:02d}T09:00:00.000000Z",
    }


SALESFORCE = {
    "Account": {
        "keys": ["Id"],
        "by": "SystemModstamp",
        "rows": [
            {
                "Id": f"001{n:015d}",
                "Name": f"Company {n}",
                "Phone": "+33 1 23 45 67 89",
                "Industry": "Retail",
                "BillingAddress": {"city": "Lyon", "street": f"{n} Rue"},
            }
            | stamps(n)
            for n in range(5)
        ],
    },
    "Contact": {
        "keys": ["Id"],
        "by": "SystemModstamp",
        "rows": [
            {
                "Id": f"003{n:015d}",
                "AccountId": f"001{n % 5:015d}",
                "FirstName": "A",
                "LastName": f"B{n}",
                "Name": f"A B{n}",
                "Email": f"b{n}@example.org",
                "Phone": "+33 1 23 45 67 89",
            }
            | stamps(n)
            for n in range(20)
        ],
    },
    "Case": {
        "keys": ["Id"],
        "by": "SystemModstamp",
        "rows": [
            {
                "Id": f"500{n:015d}",
                "CaseNumber": f"{n:08d}",
                "ContactId": f"003{n % 20:015d}",
                "AccountId": f"001{n % 5:015d}",
                "Status": "Closed",
                "Origin": "Phone",
                "Subject": "Bill",
                "ClosedDate": f"2026-02-{n % 28 + 1:02d}T09:00:00.000000Z",
            }
            | stamps(n)
            for n in range(60)
        ],
    },
}

"""Bodies that are in order, by address: else an action would be refused before it asks for its right."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worlds import World

Body = Callable[[World], dict[str, Any]]

RIGHT = "predictions.review"
TIMES = {"idle": "3600", "absolute": "86400", "step_up": ""}
CLIENT = {"issuer": "https://id.example.com", "client_id": "ours", "secret": "theirs"}
SCIM = "urn:ietf:params:scim:"
PERSON = {
    "schemas": [f"{SCIM}schemas:core:2.0:User"],
    "userName": "grace@example.com",
    "name": {"familyName": "Hopper"},
}
GROUP = {"schemas": [f"{SCIM}schemas:core:2.0:Group"], "displayName": "Everybody"}
CHANGE = {
    "schemas": [f"{SCIM}api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "displayName", "value": "Everybody"}],
}
ALERT = {
    "kind": "exports",
    "title": "Copies",
    "rows": 0,
    "count": 2,
    "minutes": 60,
    "per": "member",
    "roles": ["auditor"],
}

PLAN = {
    "name": "Gold",
    "line_of_business": "commercial",
    "currency": "USD",
    "deductible": "0",
    "coinsurance": "0",
    "copay": "0",
    "filing_days": "365",
    "waiting_days": "0",
}

FORMS: dict[str, Body] = {
    "settings/roles/new/": lambda world: {"title": "Helper", "code": "helper", "rights": [RIGHT]},
    "settings/roles/<uuid:role_id>/": lambda world: {
        "title": "Helper",
        "rights": [RIGHT],
        "do": "store",
        "seen": RIGHT,
    },
    "settings/conflicts/": lambda world: {"first": RIGHT, "second": "access.manage", "reason": "One checks the other."},
    "members/reviews/new/": lambda world: {"title": "All", "due_at": "2099-12-31"},
    "people/invitations/new/": lambda world: {"name": "Grace Hopper", "email": "grace@example.com"},
    "people/<uuid:member_id>/leave/": lambda world: {"reason": "Their contract ends."},
    "people/<uuid:member_id>/data/holds/new/": lambda world: {
        "hold-reason": "A court asks.",
        "hold-valid_until": "2099-12-31",
    },
    "people/<uuid:member_id>/data/erase/": lambda world: {
        "erase-reason": "They ask.",
        "erase-name": world.registered.member.name,
    },
    "settings/alerts/new/": lambda world: ALERT,
    "settings/alerts/<uuid:alert_id>/": lambda world: ALERT,
    "settings/anchors/": lambda world: {"addresses": "notary@example.org", "authority_url": "", "every": "86400"},
    "settings/retention/": lambda world: {"events": "72", "changes": "", "reads": ""},
    "settings/retention/holds/new/": lambda world: {"reason": "A court asks."},
    "settings/sensitive/": lambda world: {"kind": "predictions.prediction", "is_sensitive": "yes"},
    "emergency/": lambda world: {
        "kind": "predictions.prediction",
        "known_by": str(world.waiting.id),
        "reason": "A life depends on it.",
    },
    "settings/sign-in/": lambda world: {"methods": ["passkey", "password"], **TIMES},
    "people/new/": lambda world: {"first_name": "Grace", "last_name": "Hopper"},
    "people/<uuid:member_id>/recovery/": lambda world: {"reason": "Lost on a train."},
    "settings/keys/programs/new/": lambda world: {"name": "Shop", "role": "submitter"},
    "settings/keys/new/": lambda world: {
        "program": str(world.program.id),
        "name": "Feed",
        "scopes": ["predictions.submit"],
    },
    "settings/keys/<uuid:key_id>/": lambda world: {"name": "Feed"},
    "settings/keys/<uuid:key_id>/rotate/": lambda world: {"overlap": "24"},
    "settings/keys/issuers/": lambda world: {"login": "nobody-of-this-name", "role": "key-issuer"},
    "api/keys/": lambda world: {"program": str(world.program.id), "name": "Feed", "scopes": ["predictions.submit"]},
    "settings/providers/new/": lambda world: {"kind": "oidc", "name": "Ours", **CLIENT},
    "settings/providers/<uuid:provider_id>/": lambda world: {"name": "Ours", **CLIENT},
    "settings/domains/new/": lambda world: {"name": f"{world.organization.slug}.example.org"},
    "settings/groups/new/": lambda world: {
        "group": "reviewers",
        "role": "reviewer",
        "provider": str(world.house.provider.id),
    },
    "api/scim/v2/Users": lambda world: PERSON,
    "api/scim/v2/Users/<uuid:scim_user_id>": lambda world: PERSON | CHANGE,
    "api/scim/v2/Groups": lambda world: GROUP,
    "api/scim/v2/Groups/<uuid:scim_group_id>": lambda world: GROUP | CHANGE,
    "api/predictions/": lambda world: {"product_id": "1", "verdict": "accept"},
    "api/claims/pay": lambda world: {"claim_ids": [str(world.insurance.claim.id)]},
    "api/claims/<uuid:claim_id>/correct": lambda world: {"correction": "voided", "reason": "Not ours"},
    "settings/claims/plans/new/": lambda world: PLAN,
    "settings/claims/plans/<uuid:plan_id>/": lambda world: PLAN,
    "settings/claims/plans/<uuid:plan_id>/benefits/new/": lambda world: {
        "title": "Dentist",
        "codes": "D",
        "valid_from": "2026-01-01",
    },
    "settings/claims/prices/new/": lambda world: {"name": "2027", "currency": "USD", "valid_from": "2027-01-01"},
    "settings/claims/prices/<uuid:schedule_id>/load/": lambda world: {
        "file": SimpleUploadedFile("prices.csv", b"code,amount\n10001,2\n")
    },
    "settings/claims/rules/<uuid:rule_set_id>/": lambda world: {"title": "Next", "other_payer": "deny"},
    "settings/claims/rules/<uuid:rule_set_id>/try/": lambda world: {"since": "2026-01-01", "until": "2026-02-01"},
    "settings/claims/codes/load/": lambda world: {
        "system": "cpt",
        "name": "2027",
        "valid_from": "2027-01-01",
        "source": "Our licence",
        "file": SimpleUploadedFile("codes.csv", b"code,title\n99213,Visit\n"),
    },
    "claims/import/": lambda world: {"file": SimpleUploadedFile("claims.csv", b"number,amount\n1,2\n")},
    "predictions/import/": lambda world: {"file": SimpleUploadedFile("rows.csv", b"product_id,title\n1,One\n")},
    "predictions/reasons/new/": lambda world: {"title": "Not as described", "code": "900001"},
    "predictions/reasons/<uuid:reason_id>/": lambda world: {"title": "Not as described", "policy": ""},
    "predictions/settings/": lambda world: {"second_opinions": "10", "gold": "0"},
    "predictions/<uuid:prediction_id>/gold/": lambda world: {"verdict": "accept", "note": "Known."},
    "predictions/reasons/<uuid:reason_id>/merge/": lambda world: {"into": str(world.reason.code)},
    "review/skip/": lambda world: {"why": "bias"},
    "review/disputes/skip/": lambda world: {"why": "bias"},
}
"""The body of whatever is written to an address, where its form needs one."""

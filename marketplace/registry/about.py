"""Everything that is kept about a person, for the person."""

from typing import Any

from marketplace.accounts import personal
from marketplace.accounts import queries as people
from marketplace.accounts.models import User
from marketplace.accounts.roles import Permission
from marketplace.ledger.canonical import instant


def about(user: User) -> dict[str, Any]:
    """The person's data as they are kept, for the page and the file."""
    roles = user.memberships.select_related("organization").order_by("id")
    return {
        "name": user.full_name,
        "email": user.email,
        "number": user.public_id,
        "joined": instant(user.date_joined),
        "identity_number_given": user.identity_digest is not None,
        "stated": personal.stated(user.public_id),
        "roles": [
            {
                "role": row.role,
                "organization": row.organization.name,
                "since": instant(row.granted_at),
                "until": instant(row.revoked_at) if row.revoked_at else None,
            }
            for row in roles
        ],
        "organizations": {
            row.name: personal.stated(row.public_id)
            for row in people.organizations_with(user, Permission.BID_SUBMIT)
        },
        "messages": [
            {"subject": row.subject, "at": instant(row.queued_at)} for row in user.messages.all()
        ],
    }

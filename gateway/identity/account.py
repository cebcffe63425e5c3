"""An account: what stays the same for a person while bindings, documents and upstream names change.

It holds no attribute. What agencies know of a person hangs on the account's id (identity.subject), so an id is
never given to another person and never changes. A closed one stays closed: whoever comes back gets a new one.
"""

from datetime import datetime

from gateway.frozen import Frozen


class Account(Frozen):
    id: str
    created_at: datetime
    closed_at: datetime | None = None

"""The one MetaData of the gateway's tables: what migrations and tests create; and how tables are kept by PostgreSQL."""

import sqlalchemy as sa

metadata = sa.MetaData()

# Tables of which nothing must outlive a crash of the database's machine: whoever was in the middle of something begins
# again. A transaction that wrote only there does not wait for the disk, unless the engine's option says so.
FLEETING = frozenset(
    {
        "sign_ins",
        "deliveries",
        "pushed_requests",
        "client_buckets",
        "integration_errors",
        "replays",  # what was presented in the last half second may be presented once more, until it expires
    }
)
ALWAYS_WAIT = "always_wait_for_disk"

# Rows up to a page stay whole; from two kilobytes on, what is sealed would be compressed in vain and moved elsewhere.
WHOLE_ROWS = {"toast_tuple_target": 8160}

"""How many requests a client may make: a bucket that fills steadily and that each request takes a drop from."""

import math
from datetime import datetime

from gateway.frozen import Frozen


class Bucket(Frozen, kw_only=False):
    """How full it was, and when."""

    drops: float
    at: datetime


def take(bucket: Bucket | None, *, per_minute: int, at: datetime) -> tuple[Bucket, int | None]:
    """The bucket afterwards, and after how many seconds to come again if it was empty. Full, it serves for a minute."""
    drops = float(per_minute)
    if bucket is not None:
        filled = max(0.0, (at - bucket.at).total_seconds()) * per_minute / 60
        drops = min(drops, bucket.drops + filled)
    if drops >= 1:
        return Bucket(drops - 1, at), None
    return Bucket(drops, at), math.ceil((1 - drops) * 60 / per_minute)

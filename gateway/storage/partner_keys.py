"""Partners' key sets as rows: the last good answer of each address, and the last asking."""

import orjson
import sqlalchemy as sa

from gateway.ports.partners import KeptKeys
from gateway.storage.instants import from_micros, maybe_instant, maybe_micros, to_micros
from gateway.storage.once import insert_once
from gateway.storage.tables_partners import partner_keys as table


class SqlPartnerKeys:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def find(self, client: str) -> KeptKeys | None:
        row = self._connection.execute(sa.select(table).where(table.c.client == client)).first()
        if row is None:
            return None
        return KeptKeys(
            client=row.client,
            url=row.url,
            jwks=orjson.loads(row.jwks),
            fetched_at=maybe_instant(row.fetched_at),
            asked_at=from_micros(row.asked_at),
            problem=row.problem,
        )

    def keep(self, kept: KeptKeys) -> None:
        facts: dict[str, object] = {
            "url": kept.url,
            "jwks": orjson.dumps(dict(kept.jwks)),
            "fetched_at": maybe_micros(kept.fetched_at),
            "asked_at": to_micros(kept.asked_at),
            "problem": kept.problem,
        }
        if not insert_once(self._connection, table, {"client": kept.client, **facts}):
            self._connection.execute(sa.update(table).where(table.c.client == kept.client).values(**facts))

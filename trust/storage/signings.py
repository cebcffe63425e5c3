"""Signings in the database: rows to values and back, by hand."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import to_builtins

from trust.documents.signing import Means, Question, Signing, SigningState, Typed
from trust.ports.person_signing import Counted
from trust.storage.documents import Vault
from trust.storage.instants import from_micros, to_micros
from trust.storage.once import insert_once
from trust.storage.tables_signings import LEFTOVER, signings

OPEN = signings.c.state.in_((SigningState.WAITING.value, SigningState.ASKED.value))
FORGOTTEN: dict[str, Any] = {"subject": "", "request_digest": "", "digest": b"", "at_platform": "", "sealed": b""}
NOTHING_TOLD = {"title": "", "question": to_builtins(Question()), "memory": "", "back": ""}


class SqlSignings:
    """Satisfies the Signings port over one connection."""

    def __init__(self, connection: sa.Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, signing: Signing) -> bool:
        """Keep a new one; False if its agency used the key before."""
        row = {
            "id": signing.id,
            "agency": signing.agency,
            "subject": signing.subject,
            "language": signing.language,
            "idempotency_key": signing.idempotency_key,
            "request_digest": signing.request_digest,
            "created_at": to_micros(signing.created_at),
            "expires_at": to_micros(signing.expires_at),
            "digest": signing.digest,
            "means": signing.means.value,
            "attempts": signing.attempts,
            "tries": signing.tries,
            "sends": signing.sends,
            **self._changing(signing),
        }
        return insert_once(self._connection, signings, row)

    def save(self, signing: Signing, *, under: str | None = None) -> bool:
        """Keep its new state unless it is over; with `under`, only while the person is at the platform under it."""
        still = [signings.c.id == signing.id, OPEN]
        if under is not None:
            still.append(signings.c.at_platform == under)
        return self._connection.execute(signings.update().where(*still).values(**self._changing(signing))).rowcount == 1

    def count(self, what: Counted, signing: Signing, *, most: int) -> bool:
        """One more; False if that is one too many, or the person has begun anew. Of two at once, each counts."""
        column = signings.c[what]
        still = [signings.c.id == signing.id, OPEN, column < most]
        values: dict[str, Any] = {what: column + 1}
        if what == "attempts":
            values |= {"tries": 0, "sends": 0}
        else:
            still.append(signings.c.at_platform == signing.at_platform)
        return self._connection.execute(signings.update().where(*still).values(**values)).rowcount == 1

    def find(self, signing_id: str) -> Signing | None:
        """One by its id."""
        return self._one(signings.c.id == signing_id)

    def by_idempotency_key(self, agency: str, key: str) -> Signing | None:
        """The one that this agency asked for under this key."""
        return self._one(sa.and_(signings.c.agency == agency, signings.c.idempotency_key == key))

    def by_state(self, state: str) -> Signing | None:
        """The one whose person is at the platform under this state."""
        return self._one(signings.c.at_platform == state) if state else None

    def waiting_for(self, subject: str, *, at: datetime, limit: int) -> tuple[Signing, ...]:
        """Those that this person can still sign, the newest first."""
        mine = (signings.c.subject == subject, OPEN, signings.c.expires_at > to_micros(at))
        return self._all(sa.select(signings.c.id).where(*mine).order_by(signings.c.created_at.desc()).limit(limit))

    def over(self, *, at: datetime, limit: int) -> tuple[Signing, ...]:
        """Those whose time has passed and that nobody signed."""
        return self._all(sa.select(signings.c.id).where(signings.c.expires_at <= to_micros(at), OPEN).limit(limit))

    def leftovers(self, *, limit: int) -> tuple[str, ...]:
        """The ids of those whose drafts are to be forgotten."""
        return tuple(self._connection.execute(sa.select(signings.c.id).where(LEFTOVER).limit(limit)).scalars())

    def forget_leftover(self, signing_id: str) -> None:
        """Its draft is gone."""
        self._connection.execute(signings.update().where(signings.c.id == signing_id).values(leftover=False))

    def forget_signers(self, *, before: datetime, limit: int) -> int:
        """Take out whom and what those were about whose time passed before then and that ended; how many it was."""
        ended = (signings.c.expires_at <= to_micros(before), ~OPEN, signings.c.subject != "")
        due = sa.select(signings.c.id).where(*ended).limit(limit)
        return self._connection.execute(signings.update().where(signings.c.id.in_(due)).values(FORGOTTEN)).rowcount

    def _all(self, chosen: sa.Select[Any]) -> tuple[Signing, ...]:
        found = (self.find(row.id) for row in self._connection.execute(chosen).all())
        return tuple(signing for signing in found if signing is not None)

    def _one(self, condition: Any) -> Signing | None:
        row = self._connection.execute(sa.select(signings).where(condition)).mappings().one_or_none()
        if row is None:
            return None
        sealed = row["sealed"]
        told = json.loads(self._vault.open(sealed, context=_context(row["id"]))) if sealed else NOTHING_TOLD
        return Signing(
            id=row["id"],
            agency=row["agency"],
            subject=row["subject"],
            title=told["title"],
            language=row["language"],
            idempotency_key=row["idempotency_key"],
            request_digest=row["request_digest"],
            created_at=from_micros(row["created_at"]),
            expires_at=from_micros(row["expires_at"]),
            means=Means(row["means"]),
            state=SigningState(row["state"]),
            reason=row["reason"],
            content=row["content"],
            leftover=row["leftover"],
            hole=(row["hole_start"], row["hole_end"]),
            digest=bytes(row["digest"]),
            at_platform=row["at_platform"],
            asked_at=_instant(row["asked_at"]),
            question=_question(told["question"]),
            memory=told["memory"],
            back=told["back"],
            signed_at=_instant(row["signed_at"]),
            level=row["level"],
            attempts=row["attempts"],
            tries=row["tries"],
            sends=row["sends"],
        )

    def _changing(self, signing: Signing) -> dict[str, Any]:
        """All but what is counted."""
        told = {
            "title": signing.title,
            "question": to_builtins(signing.question),
            "memory": signing.memory,
            "back": signing.back,
        }
        return {
            "state": signing.state.value,
            "reason": signing.reason,
            "content": signing.content,
            "leftover": signing.leftover,
            "hole_start": signing.hole[0],
            "hole_end": signing.hole[1],
            "at_platform": signing.at_platform,
            "asked_at": to_micros(signing.asked_at) if signing.asked_at is not None else None,
            "signed_at": to_micros(signing.signed_at) if signing.signed_at is not None else None,
            "level": signing.level,
            "sealed": self._vault.seal(json.dumps(told, ensure_ascii=False).encode(), context=_context(signing.id)),
        }


def _question(told: dict[str, Any]) -> Question:
    return Question(**{**told, "typed": tuple(Typed(**one) for one in told["typed"])})


def _instant(micros: int | None) -> Any:
    return from_micros(micros) if micros is not None else None


def _context(signing_id: str) -> str:
    return f"signing:{signing_id}"

"""A person's sessions: the one of this browser, all of them, and ending them."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from gateway.errors import NotFound
from gateway.flows.equipment import cookie_hash
from gateway.frozen import Frozen
from gateway.identity.region import Region
from gateway.identity.session import Lifetime, Session, expires_at, needs_touch, objection
from gateway.ports.clock import Clock
from gateway.ports.residents import AuditEvent
from gateway.ports.work import OpenWork, Work


class SignedIn(Frozen):
    """Who is signed in, for a page: no name, no number; the account is a pseudonym."""

    session: str
    account: str
    home: Region
    acr: str
    since: datetime
    expires_at: datetime
    lasts: timedelta = timedelta()  # from the moment it was asked for, if nothing more is done


class SessionLine(Frozen):
    """One session in the list."""

    id: str
    home: Region
    since: datetime
    seen_at: datetime
    is_this_one: bool


class ResidentSessions(Frozen):
    open_work: OpenWork
    clock: Clock
    lifetime: Lifetime

    def current(self, cookie: str | None, browser: str | None) -> SignedIn | None:
        """Who is signed in here now, or None. Looking at a page keeps the session alive."""
        if not cookie or not browser:
            return None
        at = self.clock()
        with self.open_work(write=False) as work:
            found = work.sessions.get(cookie_hash(cookie))
        if found is None or objection(found, browser=cookie_hash(browser), at=at, lifetime=self.lifetime):
            return None
        if needs_touch(found, at):
            with self.open_work(write=True) as work:
                work.sessions.touch(found.id, at=at)
                work.commit()
            found = replace(found, seen_at=at)
        return SignedIn(
            session=found.id,
            account=found.account,
            home=found.home,
            acr=found.acr,
            since=found.created_at,
            expires_at=expires_at(found, self.lifetime),
            lasts=expires_at(found, self.lifetime) - at,
        )

    def list(self, who: SignedIn) -> tuple[SessionLine, ...]:
        """This person's sessions that can still be used, newest first."""
        at = self.clock()
        with self.open_work(write=False) as work:
            found = work.sessions.of_account(who.account)
        return tuple(
            SessionLine(
                id=one.id,
                home=one.home,
                since=one.created_at,
                seen_at=one.seen_at,
                is_this_one=one.id == who.session,
            )
            for one in found
            if objection(one, browser=one.browser, at=at, lifetime=self.lifetime) is None
        )

    def end(self, who: SignedIn, session: str) -> None:
        """End one of this person's own sessions, wherever it is. Raises NotFound for any other."""
        with self.open_work(write=True) as work:
            found = work.sessions.get(session)
            if found is None or found.account != who.account:
                raise NotFound("session_unknown")
            self._end(work, found, "signed_out" if session == who.session else "ended_elsewhere")
            work.commit()

    def sign_out(self, cookie: str | None) -> None:
        """End the session of this cookie, if there is one. Signing out twice is signing out."""
        if not cookie:
            return
        with self.open_work(write=True) as work:
            found = work.sessions.get(cookie_hash(cookie))
            if found is not None:
                self._end(work, found, "signed_out")
            work.commit()

    def _end(self, work: Work, session: Session, why: str) -> None:
        at = self.clock()
        if not work.sessions.end(session.id, at=at, why=why):
            return
        work.grants.revoke_of(at=at, account=session.account, session=session.id)
        work.logouts.queue(session.id, session.account, at=at)
        work.audit.record(
            AuditEvent(kind="session.ended", at=at, actor=session.account, subjects=(session.id,), reason=why)
        )

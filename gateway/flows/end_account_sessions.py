"""End every session of an account, with word of it to the agencies they led to, in the caller's transaction."""

from datetime import datetime

from gateway.ports.work import Work


def end_account_sessions(work: Work, account: str, *, at: datetime, why: str) -> None:
    for session in work.sessions.of_account(account):
        work.logouts.queue(session.id, account, at=at)
    work.sessions.end_of_account(account, at=at, why=why)

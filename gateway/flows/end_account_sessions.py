"""End every session of an account, with word of it to the agencies they led to, in the caller's transaction."""

from datetime import datetime

from gateway.ports.work import Work


def end_account_sessions(work: Work, account: str, *, at: datetime, why: str) -> None:
    sessions = work.sessions.of_account(account)
    # first the end, which waits for a code that is being redeemed: then its agency is among those to be told
    work.sessions.end_of_account(account, at=at, why=why)
    for session in sessions:
        work.logouts.queue(session.id, account, at=at)

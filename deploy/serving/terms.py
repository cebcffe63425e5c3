"""What the server must know of a request before it has read its body."""

import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol
from wsgiref.types import StartResponse, WSGIEnvironment

from gateway.frozen import Frozen


class Terms(Frozen, kw_only=False):
    """`brief`: it is answered where requests are read, between one network event and the next.

    What is not brief, because it waits for somebody else or works for long, has a thread meanwhile. `by_itself`: of
    what is brief, this has no part in what others do or keep, and need not be answered together with them.
    """

    body_limit: int
    brief: bool = False
    by_itself: bool = False


class Application(Protocol):
    """A WSGI application that tells its terms."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse, /) -> Iterable[bytes]: ...

    def terms(self, method: str, path: str) -> Terms:
        """Of any method and path, also of those that it does not have."""
        ...

    def together(self) -> AbstractContextManager[object]:
        """Several brief requests are answered within, and their answers are sent only after it.

        So what they do may be kept all at once, at its end. Raises where it cannot be: then none of them is sent.
        """
        ...


class Lengthy(BaseException):
    """A request was taken for brief and is not: it begins again on a thread.

    Not an Exception, because nobody on its way has anything to do with it but to leave things as they were.
    """


brief_threads: set[int] = set()  # by their ident: those on which nothing may wait at this moment


def may_wait() -> None:
    """Called before somebody else is asked, and before anything is noted. Raises Lengthy where nobody may wait."""
    if threading.get_ident() in brief_threads:
        raise Lengthy

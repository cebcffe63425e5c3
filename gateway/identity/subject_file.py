"""A file of earlier subjects, line by line: JSON lines, or CSV with a heading. Each line stands for itself.

A line names the agency, the subject it had for the person, and the person in one of three ways that both sides can
know: `account`, our own id; `our_subject`, the name by which this agency knows them here; or `issuer` and `identity`,
the person as a region names them, also before they come.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator

from gateway.frozen import Frozen, Hidden
from gateway.identity.identifier import Identifier, home_subject
from gateway.identity.subject import ACCOUNT

FIELDS = ("agency", "subject", "account", "our_subject", "issuer", "identity")
SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")  # OIDC Core §2: at most 255 ASCII characters
LONGEST_LINE = 4096
LONGEST_VALUE = 500


class Entry(Frozen):
    """One line. Just one of the three ways to name the person is set."""

    line: int
    agency: str
    subject: Hidden[str]
    account: str | None = None
    our_subject: Hidden[str | None] = None
    identity: Identifier | None = None


class Problem(Frozen):
    """What keeps a line from being taken; nothing of its content."""

    line: int
    reason: str


def read(lines: Iterable[str]) -> Iterator[Entry | Problem]:
    """Every line that is not empty, in order. Whether it is JSON or CSV the first one says."""
    heading: list[str] | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            yield Problem(line=number, reason="line_too_long")
        elif line.lstrip().startswith("{"):
            yield _of_json(line, number)
        elif heading is None:
            heading = next(csv.reader([line.lstrip("\ufeff").strip()]))
            if not set(heading) <= set(FIELDS) or not {"agency", "subject"} <= set(heading):
                yield Problem(line=number, reason="heading_unclear")
                return
        else:
            yield _of_csv(line, number, heading)


def _of_json(line: str, number: int) -> Entry | Problem:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return Problem(line=number, reason="line_malformed")
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        return Problem(line=number, reason="line_malformed")
    return _entry(told, number)


def _of_csv(line: str, number: int, heading: list[str]) -> Entry | Problem:
    try:
        cells = next(csv.reader([line.strip()], strict=True))
    except (csv.Error, StopIteration):
        return Problem(line=number, reason="line_malformed")
    if len(cells) != len(heading):
        return Problem(line=number, reason="line_malformed")
    return _entry({name: cell for name, cell in zip(heading, cells, strict=True) if cell}, number)


def _entry(told: dict[str, str], number: int) -> Entry | Problem:
    if not told.keys() <= set(FIELDS) or any(len(value) > LONGEST_VALUE for value in told.values()):
        return Problem(line=number, reason="line_malformed")
    ways = [bool(told.get("account")), bool(told.get("our_subject")), bool(told.get("identity") and told.get("issuer"))]
    half = bool(told.get("identity")) != bool(told.get("issuer"))
    if half or ways.count(True) != 1:
        return Problem(line=number, reason="person_unclear")
    if not told.get("agency") or not SUBJECT.fullmatch(told.get("subject", "")):
        return Problem(line=number, reason="subject_malformed")
    account = told.get("account") or None
    if account is not None and not ACCOUNT.fullmatch(account):
        return Problem(line=number, reason="account_malformed")
    return Entry(
        line=number,
        agency=told["agency"],
        subject=told["subject"],
        account=account,
        our_subject=told.get("our_subject") or None,
        identity=home_subject(told["issuer"], told["identity"]) if told.get("identity") else None,
    )

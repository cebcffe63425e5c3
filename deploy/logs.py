"""Logs: one JSON object a line, ids only. Personal data, URLs with queries and bodies never come here."""

import logging
import sys
from datetime import UTC, datetime

import orjson

FIELDS = ("incident", "reason", "method", "route", "status", "ms", "region", "client", "kind")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; only the fields named here leave the process."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info:
            line["trace"] = _frames(record)
        return orjson.dumps(line, default=str).decode()


def _frames(record: logging.LogRecord) -> list[str]:
    """Where it happened, frame by frame, and the exception's type; its text may hold personal data and stays out."""
    assert record.exc_info
    kind, _, trace = record.exc_info
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return [*frames[-20:], kind.__name__ if kind else "unknown"]


def configure(level: str) -> None:
    """Send everything to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # libraries that would log URLs with codes in their queries
    # or that say at every look what they always say
    for name in ("httpx", "httpcore", "urllib3", "werkzeug", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)

"""A log line holds ids, never the text of what went wrong."""

import json
import logging
import sys

from deploy.logs import JsonLines


def test_the_text_of_an_exception_stays_out_of_the_log() -> None:
    try:
        int("A123456(3)")
    except ValueError:
        record = logging.LogRecord("gba", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    record.incident = "i-1"
    line = JsonLines().format(record)
    told = json.loads(line)
    assert "A123456" not in line
    assert told["incident"] == "i-1"
    assert told["trace"][-1] == "ValueError"
    assert "test_logs.py" in told["trace"][-2]

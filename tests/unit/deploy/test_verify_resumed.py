"""What an earlier run wrote answers for this one only where it was asked the same."""

from pathlib import Path

import pytest

from deploy.commands.cannot_go_on import CannotGoOn
from deploy.commands.verify_resumed import kept_in

LINE = '{"form":"gba-verification/1","file":"a.pdf","policy":"ordinary/1","verdict":"PASSED"}\n'


def test_reports_under_another_policy_answer_for_nothing_and_stay(tmp_path: Path) -> None:
    lines = tmp_path / "run.jsonl"
    lines.write_text(LINE)
    assert kept_in(lines, "ordinary/1") == {"a.pdf": "PASSED"}
    with pytest.raises(CannotGoOn, match="another policy"):
        kept_in(lines, "seal/1")
    assert lines.read_text() == LINE

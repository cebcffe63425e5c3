"""A report comes back only as we made it."""

import pytest

from pwa.report_token import open_sealed, seal

KEY = b"k" * 32
REPORT = {"file": "記錄.pdf", "verdict": "PASSED", "signatures": [{"signer": "X"}]}


def test_a_report_comes_back_whole() -> None:
    assert open_sealed(KEY, seal(KEY, REPORT)) == REPORT


@pytest.mark.parametrize("spoiled", ["", "é", "AAAA", "=" * 40, "A" * 500_000, seal(b"j" * 32, REPORT)])
def test_what_is_not_ours_is_not_opened(spoiled: str) -> None:
    assert open_sealed(KEY, spoiled) is None


def test_a_changed_letter_is_noticed() -> None:
    token = seal(KEY, REPORT)
    assert all(
        open_sealed(KEY, token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]) in (None, REPORT)
        for place in range(len(token))
    )
    assert open_sealed(KEY, ("B" if token[0] == "A" else "A") + token[1:]) is None

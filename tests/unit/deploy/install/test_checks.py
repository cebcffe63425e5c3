"""One sees every problem at once, and what was not checked."""

from deploy.install.checks import Outcome, attempt, summary

GOOD = Outcome(check="lint", passed=True, seconds=1.0)
BAD = Outcome(check="types", passed=False, seconds=2.0)


def test_when_all_pass_the_last_line_says_so() -> None:
    assert summary([GOOD], []).splitlines()[-1] == "All checks passed."


def test_a_failure_is_named_last_where_it_is_seen() -> None:
    assert summary([BAD, GOOD], []).splitlines()[-1] == "Failed: types."


def test_what_could_not_be_installed_is_listed_with_what_it_leaves_out() -> None:
    assert "  chromium (not root): pages in a browser" in summary([GOOD], ["chromium (not root): pages in a browser"])


def test_a_check_that_fails_is_an_outcome_not_an_end() -> None:
    assert not attempt("example", ["python", "-c", "raise SystemExit(3)"]).passed
    assert attempt("example", ["python", "-c", ""]).passed


def test_a_check_that_hangs_is_stopped() -> None:
    assert not attempt("example", ["python", "-c", "import time; time.sleep(60)"], limit=0.2).passed

"""Files of earlier subjects: each line is an entry, or a problem with its number."""

import pytest

from gateway.identity.identifier import home_subject
from gateway.identity.subject_file import LONGEST_LINE, Entry, Problem, read

ACCOUNT = "1.abcdefghijklmnop"
LINE = f'{{"agency": "a", "subject": "s", "account": "{ACCOUNT}"}}'


def test_json_lines_and_csv_say_the_same() -> None:
    csv = ["agency,subject,account,our_subject,issuer,identity\n", f"a,s,{ACCOUNT},,,\n", "\n", 'a,"t,1",,o,,\n']
    assert list(read(csv)) == [
        Entry(line=2, agency="a", subject="s", account=ACCOUNT),
        Entry(line=4, agency="a", subject="t,1", our_subject="o"),
    ]
    lines = [LINE, '{"agency": "a", "subject": "t,1", "our_subject": "o"}']
    assert [entry.subject for entry in read(lines) if isinstance(entry, Entry)] == ["s", "t,1"]


def test_a_person_who_has_not_come_yet_is_named_as_the_region_does() -> None:
    [entry] = read(['{"agency": "a", "subject": "s", "issuer": "urn:hk:iamsmart", "identity": "x"}'])
    assert isinstance(entry, Entry)
    assert entry.identity == home_subject("urn:hk:iamsmart", "x")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line_malformed"),
        ('{"agency": 1, "subject": "s", "account": "x"}', "line_malformed"),
        ('{"agency": "a", "subject": "s", "name": "CHAN"}', "line_malformed"),
        ('{"agency": "a", "subject": "s"}', "person_unclear"),
        (f'{{"agency": "a", "subject": "s", "account": "{ACCOUNT}", "our_subject": "o"}}', "person_unclear"),
        ('{"agency": "a", "subject": "s", "identity": "x"}', "person_unclear"),
        ('{"agency": "a", "subject": "s", "our_subject": "o", "identity": "x"}', "person_unclear"),
        ('{"agency": "a", "subject": "s t", "our_subject": "o"}', "subject_malformed"),
        ('{"agency": "a", "subject": "é", "our_subject": "o"}', "subject_malformed"),
        (f'{{"agency": "a", "subject": "{"s" * 256}", "our_subject": "o"}}', "subject_malformed"),
        ('{"subject": "s", "our_subject": "o"}', "subject_malformed"),
        ('{"agency": "a", "subject": "s", "account": "0"}', "account_malformed"),
        ("{" + " " * LONGEST_LINE + "}", "line_too_long"),
    ],
)
def test_a_line_that_cannot_be_read_is_a_problem_of_its_own(line: str, reason: str) -> None:
    problem, good = read([line, LINE])
    assert problem == Problem(line=1, reason=reason)
    assert isinstance(good, Entry)


@pytest.mark.parametrize("heading", ["agency,account", "agency,subject,nickname", "who?"])
def test_without_a_clear_heading_nothing_of_a_csv_is_read(heading: str) -> None:
    assert list(read([heading, "a,s"])) == [Problem(line=1, reason="heading_unclear")]


@pytest.mark.parametrize("row", ["a", "a,b,c,d", 'a,"s'])
def test_a_row_of_another_width_is_a_problem(row: str) -> None:
    assert list(read(["agency,subject,our_subject", row])) == [Problem(line=2, reason="line_malformed")]

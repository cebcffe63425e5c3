"""What is admitted for sealing: rules on facts about a document, in the order in which they are asked."""

from collections.abc import Callable

from trust.frozen import Frozen

LARGEST = 200 * 1024 * 1024  # bytes
MOST_PAGES = 20_000


class DocumentFacts(Frozen):
    """What the reader saw, without judging it."""

    size: int
    header: bool  # a %PDF- header where a reader looks for it
    encrypted: bool = False
    readable: bool = False
    pages: int = 0
    signatures: int = 0
    no_changes_allowed: bool = False  # certified with DocMDP level 1
    sound: bool = True  # the cross-reference holds as written
    active: tuple[str, ...] = ()  # findings: javascript, launch, embedded_files, xfa, …


Rule = Callable[[DocumentFacts], bool]

# First broken rule wins.
RULES: dict[str, Rule] = {
    "empty": lambda facts: facts.size > 0,
    "too_large": lambda facts: facts.size <= LARGEST,
    "not_a_pdf": lambda facts: facts.header,
    "encrypted": lambda facts: not facts.encrypted,
    "unreadable": lambda facts: facts.readable,
    "no_pages": lambda facts: facts.pages > 0,
    "too_many_pages": lambda facts: facts.pages <= MOST_PAGES,
    "certified_against_changes": lambda facts: not facts.no_changes_allowed,
    # what is signed cannot be repaired without breaking its signature
    "signed_and_damaged": lambda facts: facts.sound or facts.signatures == 0,
}


def objection(facts: DocumentFacts) -> str | None:
    """The first rule that these facts break, or None if the document may be sealed."""
    return next((name for name, holds in RULES.items() if not holds(facts)), None)

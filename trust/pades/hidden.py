"""Objects that stand in a file behind the back of its cross-reference (the incremental-saving attack)."""

import re

from trust.pades.xref import Kind, Section

_OBJECT = re.compile(rb"(?<![0-9])(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")


def hidden_objects(data: bytes, start: int, sections: list[Section]) -> bool:
    """Whether objects stand after a signature that no cross-reference knows (an incremental-saving attack).

    A viewer that rebuilds the cross-reference would show them; one that follows it would not.
    """
    known = {section.offset for section in sections}
    for section in sections:
        known |= {offset for kind, offset, _ in section.entries.values() if kind is Kind.OFFSET}
    at = start
    while found := _OBJECT.search(data, at):
        if found.start() not in known:
            return True
        at = found.end()
        # inside the stream of an object that is known, anything may look like an object
        ended = data.find(b"endobj", at)
        opened = data.find(b"stream", at, ended if ended >= 0 else len(data))
        if opened >= 0:
            closed = data.find(b"endstream", opened + 6)
            if closed < 0:
                return True
            at = closed
    return False

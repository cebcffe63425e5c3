"""Files that qpdf cannot read: what their signatures cover may still be shown to have changed."""

import hashlib
import re

from msgspec.structs import replace

from trust.pades import cms_reader, gap
from trust.pades.content import Content
from trust.pades.in_memory import Document
from trust.validation.facts import Change, FileFacts, SignatureFacts

MOST_SIGNATURES = 200
_RAW_RANGE = re.compile(
    rb"/ByteRange[\x00\t\n\x0c\r ]*\[" + rb"[\x00\t\n\x0c\r ]*(\d{1,12})" * 4 + rb"[\x00\t\n\x0c\r ]*\]"
)


def read(data: Document) -> FileFacts:
    """The facts about such a file, by the byte ranges that stand in it."""
    found = []
    for match in list(_RAW_RANGE.finditer(data))[:MOST_SIGNATURES]:
        numbers = [int(number) for number in match.groups()]
        opening, closing, end = numbers[0] + numbers[1], numbers[2], numbers[2] + numbers[3]
        facts = SignatureFacts(field_name="", end=end, change=Change.UNKNOWN, changes=("unreadable",))
        contents, problem = b"", "byte_range_malformed"
        if numbers[0] == 0 and 0 < opening < closing <= end:
            contents, problem = gap.value(data, opening, closing, end)
        if problem:
            found.append(replace(facts, problem=problem))
            continue
        view = memoryview(data)
        content = Content(view[:opening], view[closing:end])
        stamp = None
        cms = cms_reader.read(contents, content, "")
        if cms.problem or not cms.intact:
            as_stamp = cms_reader.read_stamp(contents, content)
            if not as_stamp.cms.problem:
                stamp, cms = as_stamp, as_stamp.cms
        found.append(replace(facts, cms=cms, stamp=stamp, is_stamp=stamp is not None))
    problem = "" if found else "encrypted" if b"/Encrypt" in data[-65536:] else "unreadable"
    numbered = (replace(item, revision=count) for count, item in enumerate(found, start=1))
    return FileFacts(
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        problem=problem,
        signatures=tuple(numbered),
        findings=("unreadable",) if found else (),
    )

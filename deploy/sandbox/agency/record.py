"""The agency's own record: one page of PDF/A, as a registry's system would print it."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import typst

_TEMPLATE = Path(__file__).with_name("record.typ")
_FONTS = Path(__file__).resolve().parents[3] / "trust" / "pades" / "fonts"
_ZONE = ZoneInfo("Asia/Hong_Kong")

TITLE = {
    "zh-Hant": "跨境商事登記證明",
    "zh-Hans": "跨境商事登记证明",
    "en": "Cross-border business record",
    "pt": "Registo comercial transfronteiriço",
}


def printed(*, application: str, subject: str, claims: Mapping[str, object], at: datetime) -> bytes:
    """The record as a PDF; the same content and moment give the same bytes."""
    local = at.astimezone(_ZONE)
    content = {
        "application": application,
        "subject": subject,
        "name": "　".join(str(claims[part]) for part in ("chinese_name", "name") if claims.get(part)),
        "date_han": f"{local.year}年{local.month}月{local.day}日",
        "date_latin": f"{local.day} {local:%B %Y}",
        "titles": TITLE,
    }
    try:
        return _pdf(content, at, standard="a-2b")
    except typst.TypstError:
        # A rare character that the font lacks: PDF/A forbids the empty box, an ordinary PDF prints it.
        return _pdf(content, at, standard="1.7")


def _pdf(content: Mapping[str, object], at: datetime, *, standard: Literal["a-2b", "1.7"]) -> bytes:
    return typst.compile(
        _TEMPLATE,
        format="pdf",
        font_paths=[_FONTS],
        ignore_system_fonts=True,
        sys_inputs={"record": json.dumps(content, ensure_ascii=False)},
        pdf_standards=standard,
        timestamp=int(at.timestamp()),
    )

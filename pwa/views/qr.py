"""A QR code as inline SVG: one path, black on white whatever the theme, because scanners want it so."""

import io

import segno


def svg(text: str) -> str:
    """The code for `text`, error correction M, with its quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, border=2, omitsize=True, svgclass=None, lineclass=None, dark="#000"
    )
    return out.getvalue().decode()

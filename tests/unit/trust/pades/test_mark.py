"""The visible seal says who, what and when; what is kept from seal to seal never says another date."""

import subprocess
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes.sealing_world import START, SealingWorld, plain_pdf
from trust.errors import DocumentRefused
from trust.signing.profile import SealProfile

LINK = "https://gateway.test/en/v/abcdefghijklmnop"
PROFILES = {
    "廣東省政務服務數據管理局": SealProfile(agency="廣東省政務服務數據管理局", verification_url=LINK),
    "Agency No. 100 of 2026": SealProfile(agency="Agency No. 100 of 2026", language="en"),
    "Direcção 0001": SealProfile(agency="Direcção 0001", language="pt", verification_url=LINK),
}


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


PIXEL = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", bytes.fromhex("00000001000000010802000000"))
    + chunk(b"IDAT", zlib.compress(b"\0\xc0\0\0"))
    + chunk(b"IEND", b"")
)


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def shown(pdf: bytes, pdftotext: Path) -> str:
    done = subprocess.run([pdftotext, "-layout", "-", "-"], input=pdf, capture_output=True, check=True, timeout=60)
    return done.stdout.decode()


@pytest.mark.parametrize("agency", PROFILES)
def test_a_seal_says_its_agency_and_its_own_moment(world: SealingWorld, agency: str, pdftotext: Path) -> None:
    device = world.device()
    for later in (timedelta(), timedelta(seconds=1), timedelta(days=49, hours=5, minutes=17, seconds=38)):
        world.now = START + later
        text = shown(world.seal(plain_pdf(), PROFILES[agency], device=device).content, pdftotext).replace(" ", "")
        local = world.now + timedelta(hours=8)
        date = {
            "zh-Hant": f"{local.year}年{local.month}月{local.day}日",
            "en": f"{local:%Y-%m-%d}",
            "pt": f"{local:%d/%m/%Y}",
        }[PROFILES[agency].language]
        assert agency.replace(" ", "") in text
        assert f"{date}{local:%H:%M:%S}UTC+8" in text


def test_an_image_stands_in_the_seal(world: SealingWorld) -> None:
    profile = replace(PROFILES["Agency No. 100 of 2026"], image=PIXEL)
    sealed = world.seal(plain_pdf(), profile).content
    assert b"/Subtype /Image" in sealed
    assert world.verify(sealed).verdict.passed


@pytest.mark.parametrize("image", [PIXEL[:60], b"GIF89a", PIXEL[:8] + bytes(1_000_000)])
def test_what_is_no_image_is_refused(world: SealingWorld, image: bytes) -> None:
    with pytest.raises(DocumentRefused, match="seal_image_unfit"):
        world.seal(plain_pdf(), replace(PROFILES["Agency No. 100 of 2026"], image=image))

"""A report is printed under the best seal that can be had, and says so where there is none."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest

from deploy.composing.report_printing import PrintReport
from tests.fakes.page_examples import REPORTS
from trust.errors import EvidenceUnavailable, KeyUnavailable, StampUnavailable, TrustError
from trust.flows.seal_pdf import SealedPdf
from trust.signing.profile import Level, SealProfile


@dataclass(slots=True)
class Sealing:
    """Seals at the levels that are left to it."""

    refuses: dict[Level, TrustError] = field(default_factory=dict)
    profiles: list[SealProfile] = field(default_factory=list)

    def __call__(self, pdf: bytes, profile: SealProfile) -> SealedPdf:
        if profile.level in self.refuses:
            raise self.refuses[profile.level]
        self.profiles.append(profile)
        told: dict[str, Any] = {
            "content": pdf + b"% sealed", "level": profile.level, "sealed_at": datetime(2026, 11, 21, tzinfo=UTC),
            "received_digest": "", "digest": "", "normalised": False, "active": (),
        }  # fmt: skip
        return SealedPdf(**told)


def printing(open_seal: Callable[[], Any]) -> PrintReport:
    return PrintReport(
        open_seal=open_seal, names={"en": "Operator", "pt": "Operador"}, verify_url="https://g.test/verify"
    )


def test_a_report_is_sealed_for_the_archive() -> None:
    sealing = Sealing()
    assert printing(lambda: sealing)(REPORTS["PASSED"], "pt").endswith(b"% sealed")
    assert [(one.level, one.agency, one.language) for one in sealing.profiles] == [(Level.LTA, "Operador", "pt")]


@pytest.mark.parametrize("away", [StampUnavailable("stamp_unavailable"), EvidenceUnavailable("ocsp_unavailable")])
def test_without_an_authority_it_is_sealed_all_the_same(away: TrustError) -> None:
    sealing = Sealing(refuses={Level.LTA: away})
    assert printing(lambda: sealing)(REPORTS["PASSED"], "en").endswith(b"% sealed")
    assert [one.level for one in sealing.profiles] == [Level.B]


def test_without_a_key_it_goes_out_unsealed_and_says_so() -> None:
    def missing() -> Any:
        raise KeyUnavailable("key_missing")

    printed = printing(missing)(REPORTS["PASSED"], "en")
    sealed = printing(Sealing)(REPORTS["PASSED"], "en")
    assert not printed.endswith(b"% sealed")
    with pikepdf.open(io.BytesIO(printed)) as one, pikepdf.open(io.BytesIO(sealed)) as other:
        assert one.pages[0].Contents.read_bytes() != other.pages[0].Contents.read_bytes()


def test_a_device_that_is_away_counts_as_no_key() -> None:
    away = KeyUnavailable("key_device_unreachable")
    sealing = Sealing(refuses={Level.LTA: away, Level.B: away})
    assert not printing(lambda: sealing)(REPORTS["PASSED"], "en").endswith(b"% sealed")

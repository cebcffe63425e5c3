"""A signature that holds in itself, on a path made to order: what is judged is the path alone."""

from datetime import UTC, datetime

from tests.fakes import pki
from tests.fakes.pki import NOW, Holder, authority
from trust.anchors.snapshot import Anchor, Snapshot, only_for_stamps
from trust.anchors.trust_list import TrustList
from trust.frozen import Frozen, Hidden
from trust.validation.assess import Evidence, assess
from trust.validation.facts import CmsFacts, FileFacts, SignatureFacts, StampFacts
from trust.validation.judge import judge
from trust.validation.policy import ORDINARY

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
ROOT = authority("Root", begins=LONG_AGO)
CA = authority("Issuing", ROOT, begins=LONG_AGO)
TSA = pki.stamper(ROOT, begins=LONG_AGO)
TOKEN = CmsFacts(
    intact=True,
    genuine=True,
    signer=TSA.der,
    certificates=(TSA.der,),
    names_signer="matches",
    digest_algorithm="sha256",
)


class Scene(Frozen):
    """What a verdict rests on. `pool` comes with the signature; `stamped` is a timestamp over it."""

    leaf: Holder
    pool: tuple[Holder, ...] = (CA,)
    anchors: tuple[Holder, ...] = (ROOT,)
    lists: Hidden[tuple[TrustList, ...]] = ()  # besides the anchors
    territory: str = ""  # whose list names the anchors; empty: given by hand
    ocsps: Hidden[tuple[bytes, ...]] = ()
    crls: Hidden[tuple[bytes, ...]] = ()
    stamped: datetime | None = None
    token: CmsFacts = TOKEN  # of the timestamp
    covers: bool = True  # whether it is over this signature
    imprint: str = "sha256"  # by which digest
    claimed: datetime | None = None

    def verdict(self) -> tuple[str, str]:
        stamps: tuple[StampFacts, ...] = ()
        if self.stamped is not None:
            stamps = (StampFacts(cms=self.token, at=self.stamped, covers=self.covers, imprint=self.imprint),)
        cms = CmsFacts(
            intact=True,
            genuine=True,
            signer=self.leaf.der,
            certificates=(self.leaf.der, *(each.der for each in self.pool)),
            names_signer="matches",
            digest_algorithm="sha256",
            signature_algorithm="sha256_ecdsa",
            claimed_at=self.claimed,
            stamps=stamps,
        )
        signature = SignatureFacts(
            field_name="Signature1", sub_filter="ETSI.CAdES.detached", covers_file=True, end=100, revision=1, cms=cms
        )
        facts = FileFacts(sha256="00" * 32, size=100, pages=1, signatures=(signature,))
        anchors = self.anchors if self.stamped is None else (*self.anchors, ROOT)  # which vouches for the timestamp
        snapshot = Snapshot(
            anchors=tuple(Anchor(territory=self.territory, entry="given", certificate=each.der) for each in anchors),
            lists=self.lists,
            only_stamps=only_for_stamps(self.lists),
        )
        found = assess(facts, snapshot, Evidence(ocsps=self.ocsps, crls=self.crls), ORDINARY, NOW)
        verdict = judge(found[0], ORDINARY)
        return str(verdict.indication), verdict.reason

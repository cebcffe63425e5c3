"""Electronic seals (GB/T 38540 §7.3, GM/T 0031): whether maker, signer and content fit together. No trust is decided.

1. The signer's signature over TBS_Sign.
2. The data hash against the content.
3. The signer among those whom the seal names.
4. The maker's signature over the seal.
Times, extensions and versions are facts that judging.py weighs.
"""

from asn1crypto import core

from trust.guomi import certificate as certificates
from trust.guomi import ses, signature, sm2, sm3
from trust.guomi.der import Malformed
from trust.guomi.facts import MadeSeal, Picture, SealFacts
from trust.guomi.message import DigestOf


def facts(whole: ses.Signature, digest_of: DigestOf, *, identity: bytes = sm2.DISTINGUISHED_ID) -> SealFacts:
    """Everything that can be seen about a seal put to this content."""
    problem = _objection(whole.signer, whole.algorithm, whole.signed, whole.value, identity)
    made = _made(whole.seal, whole.layout, identity)
    unsupported = "algorithm_unsupported" in {problem, made.objection}
    return SealFacts(
        problem="algorithm_unsupported" if unsupported else "",
        layout=whole.layout,
        version=whole.version,
        intact=whole.data_hash == digest_of(sm3.SM3),
        genuine=problem is None,
        objection=problem or "",
        signer=whole.signer,
        signer_listed=_listed(whole.seal, whole.signer),
        claimed_at=whole.claimed_at,
        covers=whole.covers,
        seal=made,
        unknown_critical=whole.critical,
    )


def _made(seal: ses.Seal, layout: int, identity: bytes) -> MadeSeal:
    # GB/T 38540 has the maker sign the seal's data; GM/T 0031 also his certificate and algorithm. Both are met in both.
    texts = {
        "info": seal.info,
        "whole": core.Sequence(
            contents=seal.info + core.OctetString(seal.maker).dump() + seal.maker_algorithm_der
        ).dump(),
    }
    order = ("info", "whole") if layout == ses.CURRENT else ("whole", "info")
    form, problem = "", None
    for tried in order:
        found = _objection(seal.maker, seal.maker_algorithm, texts[tried], seal.value, identity)
        problem = problem or found
        if found is None:
            form = tried
            break
    drawn, data, width, height = seal.picture
    return MadeSeal(
        genuine=bool(form),
        objection="" if form else problem or "",
        maker=seal.maker,
        maker_signed=form,
        identifier=seal.identifier,
        vendor=seal.vendor,
        version=seal.version,
        kind=seal.kind,
        name=seal.name,
        signers=seal.signers,
        signers_by=seal.signers_by,
        made_at=seal.made_at,
        valid_from=seal.valid_from,
        valid_until=seal.valid_until,
        picture=Picture(kind=drawn, size=len(data), width=width, height=height, digest=sm3.digest(data).hex()),
        unknown_critical=seal.critical,
    )


def _listed(seal: ses.Seal, signer: bytes) -> bool:
    return (signer if seal.signers_by == "certificate" else sm3.digest(signer)) in seal.signers


def _objection(holder: bytes, algorithm: str, text: bytes, value: bytes, identity: bytes) -> str | None:
    try:
        key = certificates.read(holder).key
    except Malformed:
        return "certificate_malformed"
    return signature.objection(key, algorithm, text, value, identity=identity)

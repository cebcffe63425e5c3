"""What marks everything these authorities issue as worthless outside the sandbox."""

from cryptography import x509
from cryptography.x509.oid import NameOID

MARK = "SANDBOX - NOT FOR USE"


def is_sandbox(certificate: bytes) -> bool:
    """Whether a certificate (DER) was issued by a sandbox authority; production settings refuse those."""
    parsed = x509.load_der_x509_certificate(certificate)
    organisations = [
        *parsed.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME),
        *parsed.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME),
    ]
    return any(name.value == MARK for name in organisations)

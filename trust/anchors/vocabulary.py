"""The words of trusted lists: the URIs of ETSI TS 119 612 (annex D), and the few that it leaves to us."""

from enum import StrEnum

_SERVICE = "http://uri.etsi.org/TrstSvc/Svctype"
_LIST = "http://uri.etsi.org/TrstSvc/TrustedList"

CA_PKC = f"{_SERVICE}/CA/PKC"
CA_QC = f"{_SERVICE}/CA/QC"
TSA = f"{_SERVICE}/TSA"
TSA_QTST = f"{_SERVICE}/TSA/QTST"
TSA_QUALIFIED_SUPPORT = f"{_SERVICE}/TSA/TSS-QC"

RECOGNISED = f"{_LIST}/Svcstatus/recognisedatnationallevel"
DEPRECATED = f"{_LIST}/Svcstatus/deprecatedatnationallevel"
GRANTED = f"{_LIST}/Svcstatus/granted"
WITHDRAWN = f"{_LIST}/Svcstatus/withdrawn"

# In force; the last four are the words of lists before July 2016 and live on in service histories.
IN_FORCE = frozenset(
    {RECOGNISED, GRANTED, f"{_LIST}/Svcstatus/setbynationallaw"}
    | {f"{_LIST}/Svcstatus/{word}" for word in ("undersupervision", "supervisionincessation", "accredited")}
)

ROOT_QC = f"{_LIST}/SvcInfoExt/RootCA-QC"

# Additional service information of our own (§5.5.9.4 lets a scheme define more); tag URIs (RFC 4151) name, they do not
# lead anywhere.
_OURS = "tag:gba.example,2026:trust-list"
ENTRY = f"{_OURS}/entry"  # the entry's id in the reviewed source
ROOT = f"{_OURS}/root"  # this service is a root
RECOGNITION = f"{_OURS}/mutual-recognition"  # one recognition under a scheme, with its conditions
NAMESPACE = f"{_OURS}#"

SCHEME_HK_GUANGDONG = "hk-guangdong"

VERSION = 6  # of the format, TS 119 612 v2.3.1 and later
READABLE_VERSIONS = frozenset({5, 6})  # 5: v2.1.1, which most lists of the Union still had in 2025
TAG = "http://uri.etsi.org/19612/TSLTag"
KEPT_FOR_EVER = 65535  # days of history (§5.3.12)


class Kind(StrEnum):
    """What a service does, as far as it matters here."""

    ROOT = "root"
    ISSUING = "issuing"
    TIMESTAMPS = "timestamps"
    OTHER = "other"


def list_type(territory: str) -> str:
    """The type of a territory's list outside the Union (annex D.6)."""
    return f"{_LIST}/TSLType/{territory}list"


def determination(territory: str) -> str:
    """How such a list comes to its statuses (annex D.6)."""
    return f"{_LIST}/StatusDetn/{territory}determination"


def community_rules(territory: str) -> str:
    """The rules of such a scheme (annex D.4)."""
    return f"{_LIST}/schemerules/{territory}"


def kind(type_uri: str, additional: frozenset[str]) -> Kind:
    """What a service is, by its type and its additional information."""
    if type_uri in (CA_PKC, CA_QC):
        return Kind.ROOT if additional & {ROOT, ROOT_QC} else Kind.ISSUING
    if type_uri in (TSA, TSA_QTST, TSA_QUALIFIED_SUPPORT):
        return Kind.TIMESTAMPS
    return Kind.OTHER

"""Lists of the Union's shape are added by configuration alone: a list of lists leads to them."""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree
from msgspec.structs import replace

from deploy.cli import gba
from deploy.trust_lists.opening import TrustLists
from tests.fakes.outside import SetClock
from tests.fakes.trust_lists import AT, BEGAN, ISSUING, OPERATOR, Device, device, listed, service, table
from trust.anchors.snapshot import from_lists
from trust.anchors.source import SourceRefused
from trust.anchors.trust_list import ListState
from trust.anchors.vocabulary import CA_QC
from trust.custody.key_store import KeyStore
from trust.errors import TrustListRefused
from trust.trust_lists.files import XmlLists
from trust.trust_lists.sign import sign
from trust.trust_lists.write import build

UNION = "https://lists.example/lotl.xml"
PORTUGAL, SPAIN = "https://lists.example/pt.xml", "https://lists.example/es.xml"
PORTUGUESE, SPANISH = device(), device()
HISTORY = [{"is": "granted", "since": BEGAN}]
QUALIFIED = service(type=CA_QC, status=HISTORY)
TYPES = "http://uri.etsi.org/02231/v2/additionaltypes#"


def national(territory: str, by: Device) -> bytes:
    """A member state's list, in version 5 of the format as most still are."""
    text = etree.tostring(build(listed(table(QUALIFIED, territory=territory)))).decode()
    text = text.replace("<TSLVersionIdentifier>6<", "<TSLVersionIdentifier>5<")
    return sign(etree.fromstring(text.encode()), by, at=AT)


def pointer(territory: str, location: str, by: Device, kind: str = "application/vnd.etsi.tsl+xml") -> str:
    return (
        "<OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity><DigitalId>"
        f"<X509Certificate>{b64encode(by.chain[0]).decode()}</X509Certificate>"
        "</DigitalId></ServiceDigitalIdentity></ServiceDigitalIdentities>"
        f"<TSLLocation>{location}</TSLLocation><AdditionalInformation>"
        f"<OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>"
        f'<OtherInformation><t:MimeType xmlns:t="{TYPES}">{kind}</t:MimeType></OtherInformation>'
        "</AdditionalInformation></OtherTSLPointer>"
    )


def list_of_lists(*pointers: str, by: Device = OPERATOR) -> bytes:
    found = replace(listed(table(QUALIFIED, territory="EU")), providers=())
    text = etree.tostring(build(found)).decode()
    place = text.index("<ListIssueDateTime>")
    text = text[:place] + f"<PointersToOtherTSL>{''.join(pointers)}</PointersToOtherTSL>" + text[place:]
    return sign(etree.fromstring(text.encode()), by, at=AT)


POINTERS = (
    pointer("PT", PORTUGAL, PORTUGUESE),
    pointer("PT", "https://lists.example/pt.pdf", SPANISH, "application/pdf"),
    pointer("ES", SPAIN, SPANISH),
)


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


class Outside:
    """Places on the network, and what is asked of them."""

    def __init__(self) -> None:
        self.places = {
            UNION: list_of_lists(*POINTERS),
            PORTUGAL: national("PT", PORTUGUESE),
            SPAIN: national("ES", SPANISH),
        }
        self.asked: list[str] = []

    def __call__(self, method: str, url: str, *, headers: object = None, body: bytes = b"") -> Answer:
        self.asked.append(url)
        return Answer(200, self.places[url])


@pytest.fixture
def lists(tmp_path: Path) -> TrustLists:
    folder, held = tmp_path / "sources", tmp_path / "trust" / "certificates"
    folder.mkdir()
    held.mkdir(parents=True)
    (held / "eu.pem").write_bytes(OPERATOR.chain[0])
    configured(folder, follow='["PT"]')
    keys = KeyStore.open(tmp_path / "keys.json", bytes(32))
    return TrustLists(tmp_path, keys, folder=folder, now=SetClock(AT))


def configured(folder: Path, follow: str) -> None:
    (folder / "remote.toml").write_text(
        f'[[place]]\nterritory = "EU"\naddress = "{UNION}"\nsigners = ["eu.pem"]\nfollow = {follow}\n'
    )


def test_a_list_of_lists_leads_to_the_lists_that_are_wanted(lists: TrustLists) -> None:
    outside = Outside()
    outcomes = lists.refresh(outside)
    assert [(each.territory, each.taken, each.problem) for each in outcomes] == [("EU", True, ""), ("PT", True, "")]
    assert outside.asked == [UNION, PORTUGAL]
    snapshot = lists.snapshot()
    assert [(each.territory, each.certificate) for each in snapshot.anchors] == [("PT", ISSUING.der)]
    states = {each.territory: each.state for each in snapshot.standings(AT)}
    assert (states["EU"], states["PT"]) == (ListState.CURRENT, ListState.CURRENT)
    assert [each.taken for each in lists.refresh(outside)] == [False, False]


def test_what_is_signed_by_others_than_the_list_of_lists_names_is_not_taken(lists: TrustLists) -> None:
    outside = Outside()
    outside.places[PORTUGAL] = national("PT", SPANISH)  # whom it names for the list for people, and for another place
    union, portugal = lists.refresh(outside)
    assert (union.taken, portugal.taken, portugal.problem) == (True, False, "signature_invalid")
    assert lists.snapshot().anchors == ()


def test_a_list_of_lists_that_does_not_hold_leads_nowhere(lists: TrustLists) -> None:
    outside = Outside()
    outside.places[UNION] = list_of_lists(*POINTERS, by=SPANISH)
    union, portugal = lists.refresh(outside)
    assert (union.taken, portugal.problem) == (False, "not_pointed_at")
    assert outside.asked == [UNION]


def test_whom_a_newer_list_of_lists_names_no_more_is_believed_no_more(lists: TrustLists) -> None:
    lists.refresh(Outside())
    assert lists.snapshot().anchors
    later = TrustLists(lists.shelf._folder.parents[1], lists._keys, folder=lists._folder, now=lists._now)
    kept = dict(later._kept())
    kept["EU"] = list_of_lists(pointer("PT", PORTUGAL, SPANISH))
    later.shelf.keep(kept)
    assert later.snapshot().anchors == ()
    assert {each.state for each in later.snapshot().failed if each.territory == "PT"} == {ListState.UNVERIFIED}


@pytest.mark.parametrize("follow", ['"PT"', '["Portugal"]', '["HK"]', '["EU"]', '["PT", "PT"]'])
def test_what_is_configured_wrongly_is_told(lists: TrustLists, follow: str) -> None:
    configured(lists._folder, follow)
    with pytest.raises(SourceRefused):
        lists.remote()


@pytest.mark.parametrize(
    ("pointers", "reason"),
    [
        (POINTERS[0].replace(PORTUGAL, ""), "pointer_unfit"),
        (POINTERS[0].replace(">PT<", "><"), "pointer_unfit"),
        (POINTERS[0].replace("<X509Certificate>", "<X509Certificate>!"), "certificate_not_base64"),
        (POINTERS[0] * 201, "pointers_too_many"),
    ],
)
def test_pointers_that_make_no_sense_are_refused(pointers: str, reason: str) -> None:
    with pytest.raises(TrustListRefused, match=reason):
        XmlLists().read(list_of_lists(pointers), OPERATOR.chain)


def test_the_command_line_examines_lists_of_others(tmp_path: Path) -> None:
    """Also what a withdrawn service was: its history is read, and an issue of former years still names it."""
    withdrawn = service(type=CA_QC, status=[*HISTORY, {"is": "withdrawn", "since": AT}])
    file, signer = tmp_path / "pt.xml", tmp_path / "pt.der"
    file.write_bytes(sign(build(listed(table(withdrawn, territory="PT"))), PORTUGUESE, at=AT))
    signer.write_bytes(PORTUGUESE.chain[0])

    def run(*words: str) -> Result:
        return CliRunner().invoke(gba, ["trustlist", *words], env={"GBA_DATA_DIR": str(tmp_path)})

    held = json.loads(run("check", str(file), "--signer", str(signer), "--json").stdout)
    assert held["checked"][0]["state"].startswith("PT, issue 1, ")
    [anchor] = from_lists((XmlLists().read(file.read_bytes(), PORTUGUESE.chain),)).anchors
    assert (anchor.stands(AT - timedelta(days=1)), anchor.stands(AT)) == (True, False)
    assert run("check", str(file), "--json").exit_code == 1  # nobody named who may sign it

"""The gateway's side of signing by persons over real storage, and simulated iAM Smart and eSignCloud outside."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from deploy.composing import sealing
from deploy.composing.signers import CALLBACK, IamSmartSigner
from deploy.composing.signings import UpToKnownAuthorities, returned
from deploy.sandbox.app import create_sandbox
from deploy.sandbox.hongkong_signing import SigningDesk
from deploy.sandbox.people import residents
from deploy.sandbox.signature_service import CLIENT, PATH, SECRET, SignatureService
from gateway.endpoints.wire import Page
from gateway.endpoints.wire import Request as RimRequest
from gateway.endpoints.wire import Response as RimResponse
from gateway.identity.region import Region
from gateway.regions.hongkong.adapter import HongKong
from gateway.regions.hongkong.anonymous_signing import PDF, AnonymousSigning, Kind, hkic_hash
from tests.fakes.outside import GATEWAY_URL, SANDBOX_URL, Outside, WsgiEgress
from tests.fakes.sealing_world import SealingWorld, Surveying, plain_pdf
from tests.fakes.wire import Asked, Caller
from trust.custody.cloud_signer import CloudSigner
from trust.custody.csc_service import CscPlace, CscService
from trust.custody.vault import Vault
from trust.documents.signing import Means
from trust.endpoints.signings import SigningsApi
from trust.endpoints.wire import Request, Response
from trust.errors import BlobsUnavailable, NotAuthorised
from trust.flows.ask_for_signature import AskForSignature
from trust.flows.complete_signature import CompleteSignature
from trust.flows.end_signings import EndSignings
from trust.flows.forget_signers import ForgetSigners
from trust.flows.sign_with_person import SignWithPerson
from trust.keys.key import Purpose
from trust.network.revocation import RemoteRevocationSource
from trust.network.timestamps import RemoteTimestampAuthority
from trust.pades import reader
from trust.pades.person_message import PersonMessages
from trust.pades.writer import PdfWriter
from trust.ports.person_signing import PersonSigner
from trust.storage.blobs import Folder, SealedBlobs
from trust.storage.drafts import SealedDrafts
from trust.storage.unit_of_work import SqlWork

RETURN = "https://agency.test/signed"
PERSON = next(iter(residents(Region.HONG_KONG)))


class Agencies:
    def name(self, agency: str, language: str) -> str:
        return "Registry of Ferries"

    def may_return_to(self, agency: str, url: str) -> bool:
        return url == RETURN


class Check:
    """Reads here: containment has its own tests."""

    def __call__(self, pdf: bytes) -> str | None:
        last = max(reader.read(pdf).signatures, key=lambda one: one.end)
        return None if last.cms.intact and last.cms.genuine and last.covers_file else "signature_does_not_hold"


class Persons:
    """Nobody's card is known here, unless a test says so: the agency says it."""

    def __init__(self) -> None:
        self.known: dict[Means, str] = {}

    def means(self, account: str) -> Mapping[Means, str]:
        return self.known


class World:
    """The gateway's side over real storage, and simulated iAM Smart."""

    def __init__(self, folder: Path, engine: sa.Engine) -> None:
        self.kind: Kind = PDF
        self.trust = SealingWorld.open(folder / "trust")
        self.outside = Outside(folder / "outside")
        self.trust.now = self.outside.clock()
        self.persons = Persons()
        self.service = SignatureService(self.trust.authorities, self.outside.clock)
        self.desk = SigningDesk(self.trust.authorities, gateway_url=GATEWAY_URL, clock=self.outside.clock)
        self.outside.app = create_sandbox(
            data_dir=folder / "outside",
            gateway_url=GATEWAY_URL,
            sandbox_url=SANDBOX_URL,
            clock=self.outside.clock,
            send=self.outside.egress,
            signing_desk=self.desk,
            also=(("/mo/esign", self.service.blueprint()),),
        )
        self.egress = WsgiEgress(self.outside.app)
        self.engine = engine
        keys = self.trust.keys
        keys.generate(Purpose.DATA, "A256GCM", at=self.trust.now)
        keys.generate(Purpose.INDEX, "HS256", at=self.trust.now)
        self.vault = Vault(keys)
        place = Folder(folder / "blobs")
        self.blobs, self.drafts = SealedBlobs(place, self.vault), SealedDrafts(place, self.vault)
        self.restart()

    def restart(self) -> None:
        """Everything that was in memory is gone."""
        settings = self.outside.settings.hongkong
        assert settings is not None
        connector = HongKong(settings, egress=self.egress, clock=self.outside.clock)
        platform = AnonymousSigning(
            kind=self.kind,
            ask=connector.ask,
            settings=settings,
            redirect_uri=f"{GATEWAY_URL}{CALLBACK}",
            new_id=lambda: self.outside.new_token()[-36:],
        )
        work, writer = SqlWork(self.engine, self.vault), PdfWriter(Surveying())
        place = CscPlace(service=f"{SANDBOX_URL}{PATH}", client_id=CLIENT, client_secret=SECRET)
        cloud = CscService(place, self.egress, self.outside.clock)
        signers: dict[Means, PersonSigner] = {
            Means.IAM_SMART: IamSmartSigner(platform=platform, messages=PersonMessages()),
            Means.ESIGN_CLOUD: CloudSigner(cloud, PersonMessages(), redirect_uri=f"{GATEWAY_URL}{CALLBACK}"),
        }
        self.sign = SignWithPerson(
            work=work,
            blobs=self.blobs,
            drafts=self.drafts,
            signers=signers,
            persons=self.persons,
            complete=CompleteSignature(
                writer=writer,
                check=Check(),
                stamps=RemoteTimestampAuthority(self.trust.egress, ("http://sandbox.test/pki/HK/tsa",)),
                revocation=RemoteRevocationSource(self.trust.egress, self.trust.clock),
                complete=UpToKnownAuthorities(snapshot=lambda: sealing.snapshot(self.trust.authorities)),
            ),
            names={"en": "Bay Gateway"},
            clock=self.outside.clock,
            new_token=self.outside.new_token,
        )
        self.end = EndSignings(work=work, drafts=self.drafts, clock=self.outside.clock)
        self.forget = ForgetSigners(work=work, clock=self.outside.clock, memory=timedelta(days=90))
        self.api = SigningsApi(
            ask_for=AskForSignature(
                work=work,
                drafts=self.drafts,
                writer=writer,
                signers=signers,
                persons=self.persons,
                clock=self.outside.clock,
                new_token=self.outside.new_token,
            ),
            sign=self.sign,
            authorise=self._authorise,
            resolve=lambda agency, subject: "account-7" if subject == "pairwise-7" else None,
            agencies=Agencies(),
            largest=1_000_000,
            origin=GATEWAY_URL,
        )

    def _authorise(self, request: Request, scope: str) -> Caller:
        if request.headers.get("authorization") not in ("Bearer registry", "Bearer other"):
            raise NotAuthorised("token_missing")
        return Caller(request.headers["authorization"].removeprefix("Bearer "))

    def ask(self, *, key: str = "key-1", pdf: bytes | None = None, **told: object) -> Response:
        metadata_ = {"subject": "pairwise-7", "title": "Application for a mooring", "language": "en"} | told
        body = b"--b\r\nContent-Disposition: form-data; name=metadata\r\n\r\n".replace(b"=metadata", b'="metadata"')
        body += json.dumps(metadata_).encode() + b'\r\n--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
        body += (pdf or plain_pdf()) + b"\r\n--b--\r\n"
        headers = {
            "authorization": "Bearer registry",
            "idempotency-key": key,
            "content-type": "multipart/form-data; boundary=b",
        }
        return self.api.ask(Asked(headers=headers, body=body))

    def about(self, signing: str, what: str = "show", agency: str = "registry", **body: object) -> Response:
        request = Asked(
            headers={"authorization": f"Bearer {agency}"},
            captured={"id": signing},
            body=json.dumps(body).encode(),
        )
        handler = {"show": self.api.show, "content": self.api.content, "begin": self.api.begin}[what]
        return handler(request)

    def begun(self, signing: str) -> dict[str, Any]:
        answer = self.about(signing, "begin", hkic_hash=hkic_hash(PERSON.home.number), return_uri=RETURN)
        assert answer.status == 200, answer.body
        told: dict[str, Any] = json.loads(answer.body)
        return told

    def comes_back(self, query: Mapping[str, str]) -> RimResponse | Page:
        text = "&".join(f"{name}={value}" for name, value in query.items())
        return returned(self.sign)(RimRequest(method="GET", path=CALLBACK, query=text, headers={}, body=b""))


def kept_in(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


class Away:
    """A storage that does not answer."""

    def keep(self, signing_id: str, content: bytes) -> None:
        raise BlobsUnavailable("object_storage_unreachable")

    def get(self, signing_id: str) -> bytes:
        raise BlobsUnavailable("object_storage_unreachable")

    def forget(self, signing_id: str) -> None:
        raise BlobsUnavailable("object_storage_unreachable")


def told(answer: Response) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(answer.body)
    return read

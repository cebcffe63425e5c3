"""Records: the documents API, a person's documents, verification, over trust's flows."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from msgspec.structs import replace

from deploy import clock
from deploy.composing import sealing, signings
from deploy.composing.answers import KeptAnswers
from deploy.composing.documents_place import documents_place
from deploy.composing.provider import Provider
from deploy.composing.seal_devices import SealDevices
from deploy.composing.world import World, new_token
from deploy.settings import Settings
from deploy.trust_lists.opening import SnapshotInForce, TrustLists
from gateway.endpoints.presented_token import presentation
from gateway.endpoints.wire import Request
from gateway.errors import RequestRefused, StepUpRequired
from gateway.flows.check_access import CheckAccess
from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen, Hidden
from gateway.ports.work import OpenWork
from pwa.ports import PublicRecord, SealedRecord
from trust.anchors.snapshot import Anchor
from trust.documents.batch import Limits
from trust.documents.record import Record
from trust.endpoints import wire
from trust.endpoints.batches import BatchesApi
from trust.endpoints.document_batches import DocumentBatchesApi
from trust.endpoints.documents import DocumentsApi
from trust.endpoints.signings import SigningsApi
from trust.endpoints.verifications import VerificationsApi
from trust.errors import NotAuthorised
from trust.flows.end_signings import EndSignings
from trust.flows.forget_signers import ForgetSigners
from trust.flows.issue_batch import IssueBatch
from trust.flows.issue_document import IssueDocument
from trust.flows.read_documents import ReadDocuments
from trust.flows.seal_pdf import SealPdf
from trust.flows.verify_batch import VerifyBatches
from trust.flows.verify_digest import VerifyDigest
from trust.flows.verify_document import VerifyDocument
from trust.ports.egress import Egress
from trust.ports.reading import DetachedReader
from trust.settings import TrustSettings
from trust.signing.profile import SealProfile
from trust.storage.blobs import SealedBlobs
from trust.storage.drafts import SealedDrafts
from trust.storage.unit_of_work import SqlWork
from trust.validation.facts import FileFacts
from trust.validation.policy import POLICIES
from trust.validation.report import Report

REFUSALS = {
    "insufficient_scope": "scope_missing",
    "use_dpop_nonce": "proof_needs_nonce",
    "invalid_request": "malformed_request",  # RFC 6750 §3.1: a query that cannot be read is no matter of the token
}


class Agency(Frozen, kw_only=False):
    """An agency's client that may do what it asks for."""

    agency: str


class AuthoriseByToken(Frozen):
    """Trust's Authorise port over the provider's access tokens."""

    check: CheckAccess

    def __call__(self, request: wire.Request, scope: str) -> Agency:
        """The client that holds a token with this scope."""
        assert isinstance(request, Request)
        try:
            access = self.check(presentation(request), scope=scope)
        except StepUpRequired as refusal:
            raise NotAuthorised("step_up_required", challenge=refusal.challenge) from None
        except RequestRefused as refusal:
            missing = "token_missing" if refusal.reason == "token_missing" else "token_invalid"
            raise NotAuthorised(REFUSALS.get(refusal.code, missing)) from None
        return Agency(access.token.client)


class ResolveToldSubject(Frozen):
    """Trust's ResolveSubject port: whom a subject stands for that this client's agency was told."""

    find_client: FindClient
    work: OpenWork

    def __call__(self, agency: str, subject: str) -> str | None:
        """The account, or None."""
        known = self.find_client(agency)
        if known is None:
            return None
        with self.work(write=False) as unit:
            return unit.known_subjects.account(known.client.agency, subject)


class AgencyNames(Frozen):
    """How agencies are called, for seals and pages."""

    find_client: FindClient

    def __call__(self, agency: str) -> Mapping[str, str]:
        """By language; the client's id where it is gone."""
        known = self.find_client(agency)
        return known.client.names if known is not None else {"en": agency}


class PersonalDocuments(Frozen):
    """The pages' Documents port."""

    read: ReadDocuments
    names: AgencyNames

    def of(self, account: str) -> tuple[SealedRecord, ...]:
        """Sealed records of this person, newest first."""
        return tuple(self._shown(record) for record in self.read.of_subject(account))

    def find(self, account: str, document: str) -> SealedRecord | None:
        """One of them."""
        record = self.read.one_of_subject(account, document)
        return self._shown(record) if record is not None else None

    def content(self, account: str, document: str) -> bytes | None:
        """The sealed PDF."""
        record = self.read.one_of_subject(account, document)
        return self.read.content(record) if record is not None else None

    def by_code(self, code: str) -> PublicRecord | None:
        """What the code on a record stands for."""
        record = self.read.by_code(code)
        if record is None or record.sealed_at is None or record.sealed_digest is None:
            return None
        digest = _hexadecimal(record.sealed_digest)
        return PublicRecord(agency=self.names(record.agency), issued_at=record.sealed_at, sha256=digest)

    def _shown(self, record: Record) -> SealedRecord:
        assert record.sealed_at is not None
        assert record.sealed_digest is not None
        title = record.title.get(record.language) or next(iter(record.title.values()))
        return SealedRecord(
            id=record.id,
            title=title,
            agency=self.names(record.agency),
            issued_at=record.sealed_at,
            sha256=_hexadecimal(record.sealed_digest),
            pages=record.pages,
            code=record.code,
        )


class VerifyByListsInForce(Frozen):
    """Verification in a process that lives long: each verdict rests on the lists that are in force by then."""

    base: VerifyDocument
    in_force: SnapshotInForce

    def __call__(self, data: bytes, *, name: str = "", at: datetime | None = None, policy: str = "ordinary") -> Report:
        """The report; every input has one."""
        return self._now(policy)(data, name=name, at=at)

    def by_digests(self, message: bytes, supplied: Mapping[str, bytes], *, policy: str = "ordinary") -> Report:
        """The report on a signature that came without its document."""
        flow = VerifyDigest(reader=cast(DetachedReader, self.base.reader), verify=self._now(policy))  # it reads both
        return flow(message, supplied)

    def ended(self, problem: str, *, name: str, policy: str) -> Report:
        """The report on a file that could not be read, and why."""
        return self._now(policy).judged(FileFacts(sha256="", size=0, problem=problem), name=name)

    def _now(self, policy: str) -> VerifyDocument:
        return replace(self.base, snapshot=self.in_force(), policy=POLICIES[policy])


class Records(Frozen):
    """Everything about records that is mounted somewhere."""

    issue: IssueDocument
    seal: SealPdf
    verify: Hidden[VerifyByListsInForce]
    documents: PersonalDocuments
    names: AgencyNames
    documents_api: DocumentsApi
    document_batches_api: DocumentBatchesApi
    verifications_api: VerificationsApi
    batches: VerifyBatches
    batches_api: BatchesApi
    signings_api: SigningsApi
    end_signings: EndSignings
    forget_signers: ForgetSigners


def records(world: World, work: OpenWork, provider: Provider) -> Records:
    """The documents API, the person's documents, verification."""
    settings = world.settings
    authorities = None
    if settings.sandbox:
        authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
    device = SealDevices(
        settings=settings.trust, keys=world.keys, authorities=authorities, egress=lambda: _way_out(world)
    ).source()
    urls = sealing.timestamp_urls(settings.trust, settings.sandbox_url if settings.sandbox else None)
    names = AgencyNames(find_client=provider.find_client)
    unit = SqlWork(world.engine, world.vault)
    place = documents_place(settings)
    blobs, drafts = SealedBlobs(place, world.vault), SealedDrafts(place, world.vault)
    surveyor = sealing.surveying(settings.trust)
    seal = sealing.pdf_sealing(device, _way_out(world), urls, surveyor, policy=settings.trust.timestamp_policy)
    issue = IssueDocument(
        work=unit,
        blobs=blobs,
        seal=seal,
        admit=surveyor.admit,
        profile=lambda record: _profile(record, names, settings.public_url),
        clock=clock.now,
        new_token=new_token,
    )
    read = ReadDocuments(work=unit, blobs=blobs)
    verify = verification(settings, world)
    authorise = AuthoriseByToken(check=provider.check_access)
    batches = VerifyBatches(
        work=unit, judge=verify, clock=clock.now, new_token=new_token, limits=_batch_limits(settings.trust)
    )
    resolve = ResolveToldSubject(find_client=provider.find_client, work=work)
    with_persons = signings.person_signing(
        world, work, unit=unit, blobs=blobs, drafts=drafts, surveyor=surveyor, seal=seal, snapshot=verify.in_force
    )
    documents_api = DocumentsApi(
        issue_document=issue,
        read_documents=read,
        authorise=authorise,
        resolve=resolve,
        largest=settings.trust.largest_document,
        origin=settings.public_url,
    )
    return Records(
        issue=issue,
        seal=seal,
        verify=verify,
        documents=PersonalDocuments(read=read, names=names),
        names=names,
        documents_api=documents_api,
        document_batches_api=DocumentBatchesApi(
            issue_batch=IssueBatch(work=unit, blobs=blobs, admit=surveyor.admit, clock=clock.now, new_token=new_token),
            single=documents_api,
            most=settings.trust.batch_files,
        ),
        verifications_api=VerificationsApi(
            verify=verify, largest=settings.trust.largest_document, origin=settings.public_url
        ),
        batches=batches,
        batches_api=BatchesApi(batches=batches, authorise=authorise, largest=settings.trust.largest_document),
        signings_api=SigningsApi(
            ask_for=with_persons.ask_for,
            sign=with_persons.sign,
            authorise=authorise,
            resolve=resolve,
            agencies=signings.RegisteredAgencies(find_client=provider.find_client, names=names),
            largest=settings.trust.largest_document,
            origin=settings.public_url,
        ),
        end_signings=with_persons.end,
        forget_signers=with_persons.forget,
    )


def verification(settings: Settings, world: World) -> VerifyByListsInForce:
    """Verification as the pages and the API offer it."""
    authorities = None
    if settings.sandbox:
        authorities = sealing.sandbox_authorities(settings.data_dir, settings.sandbox_url)
    given: tuple[bytes, ...] = ()
    if settings.trust.anchors_file:
        with open(settings.trust.anchors_file, "rb") as file:  # noqa: PTH123 - text in the settings
            given = sealing.read_anchors(file.read())
    anchors = tuple(Anchor(territory="", entry="given", certificate=der) for der in given)
    lists = TrustLists(settings.data_dir, world.keys, authorities=authorities)
    base = sealing.verification(lists.in_force(given=anchors), _way_out(world), settings.trust)
    if settings.trust.keep_answers:
        base = replace(base, answers=KeptAnswers(settings, world.keys))
    return VerifyByListsInForce(base=base, in_force=SnapshotInForce(lists, given=anchors))


def _batch_limits(settings: TrustSettings) -> Limits:
    return Limits(files=settings.batch_files, waiting=settings.batch_waiting, kept=settings.batch_kept)


def _way_out(world: World) -> Egress:
    settings = world.settings
    return sealing.to_the_present_port(world.egress, settings.sandbox_url) if settings.sandbox else world.egress


def _profile(record: Record, names: AgencyNames, public_url: str) -> SealProfile:
    called = names(record.agency)
    return SealProfile(
        agency=called.get(record.language) or called.get("en") or record.agency,
        language=record.language,
        verification_url=f"{public_url}/{record.language}/v/{record.code}",
    )


def _hexadecimal(digest: str) -> str:
    return digest.removeprefix("sha256:")

"""Have a person sign a document with their own key, in two steps between which everything lies in storage.

1. The agency asks: the document gets a place for the signature, and waits.
2. The person begins: only the digest goes to the platform; the code that both sides show lets the person compare.
3. The person comes back: the message is put in its place, looked at where no key is, and made to last (evidence and
   an archive timestamp). Whoever comes twice, or late, changes nothing.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from trust.documents.document import digest
from trust.documents.signing import LIVES, Signing, SigningState, objection_to_begin, objection_to_finish
from trust.errors import DocumentRefused, EvidenceUnavailable, SigningFailed, StampUnavailable
from trust.flows.issue_document import Happened
from trust.ports import Clock
from trust.ports.documents import Blobs, NewToken
from trust.ports.person_signing import Begun, PersonSigner, SignatureCheck, TwoStepWriter, Wish, Work
from trust.ports.sealing import Evidence, Reserved, RevocationSource, TimestampAuthority
from trust.signing.profile import Level, SealProfile

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """What an agency hands over."""

    agency: str
    subject: str
    title: str = field(repr=False)
    language: str
    idempotency_key: str
    pdf: bytes = field(repr=False)

    @property
    def request_digest(self) -> str:
        """The same for the same request."""
        told = [self.subject, self.title, self.language, digest(self.pdf)]
        return "sha256:" + hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignWithPerson:
    """Two-step signing with one platform."""

    work: Work
    blobs: Blobs
    writer: TwoStepWriter
    signer: PersonSigner
    check: SignatureCheck
    stamps: TimestampAuthority
    revocation: RevocationSource
    complete: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]  # a chain up to an authority that is known here
    names: Mapping[str, str]  # the service's name by language, as the platform shows it
    clock: Clock
    new_token: NewToken

    def ask(self, asked: AskedFor, *, agency_name: str) -> Signing:
        """Step 1. Raises DocumentRefused, also for a key used for two requests."""
        if known := self._known(asked):
            return known
        at = self.clock()
        profile = SealProfile(agency=agency_name, language=asked.language, visible=False, approves=True)
        reserved = self.writer.reserve(asked.pdf, profile, at=at)
        signing = Signing(
            id=self.new_token(),
            agency=asked.agency,
            subject=asked.subject,
            title=asked.title,
            language=asked.language,
            idempotency_key=asked.idempotency_key,
            request_digest=asked.request_digest,
            created_at=at,
            expires_at=at + LIVES,
            content=self.blobs.put(reserved.content),
            hole=reserved.hole,
            digest=reserved.digest,
        )
        with self.work(write=True) as unit:
            # two requests with one key may arrive together: the database says which was first
            if is_first := unit.signings.add(signing):
                unit.audit.record(_event("signing_asked_for", signing, at))
                unit.commit()
        return signing if is_first else self._known(asked) or signing

    def begin(self, signing: Signing, *, signer: str, browser: str, department: str, back: str) -> Begun:
        """Step 2. Raises DocumentRefused or SigningFailed."""
        at = self.clock()
        if problem := objection_to_begin(signing, at):
            raise DocumentRefused(problem)
        state = self.new_token()
        begun = self.signer.begin(
            Wish(
                digest=signing.digest,
                document=signing.title,
                department=department,
                service=self.names.get(signing.language) or next(iter(self.names.values()), ""),
                signer=signer,
                state=state,
                browser=browser,
                language=signing.language,
            )
        )
        asked = replace(
            signing,
            state=SigningState.ASKED,
            reason="",
            at_platform=state,
            asked_at=at,
            memory=json.dumps(dict(begun.memory)),
            back=back,
            attempts=signing.attempts + 1,
        )
        if problem := objection_to_begin(self._keep(asked, "signing_begun", at), at):
            raise DocumentRefused(problem)  # it ended while the platform was asked
        return begun

    def finish(self, state: str, answer: Mapping[str, str]) -> Signing:
        """Step 3. The signing as it is then: signed, or waiting with the reason. Raises DocumentRefused."""
        at = self.clock()
        with self.work(write=False) as unit:
            signing = unit.signings.by_state(state)
        if signing is None:
            raise DocumentRefused("signing_unknown")
        if problem := objection_to_finish(signing, at):
            if problem == "signing_done":
                return signing
            raise DocumentRefused(problem)
        try:
            message = self.signer.finish(json.loads(signing.memory), answer)
            signed, level = self._signed(signing, message)
        except (SigningFailed, StampUnavailable, EvidenceUnavailable) as failed:
            waits = replace(
                signing, state=SigningState.WAITING, reason=failed.reason, at_platform="", memory="", asked_at=None
            )
            return self._keep(waits, "signing_failed", at, under=state)  # a later attempt goes on
        done = replace(
            signing,
            state=SigningState.SIGNED,
            reason="",
            content=self.blobs.put(signed),
            signed_at=at,
            level=str(level),
            memory="",
            hole=(0, 0),
        )
        return self._keep(done, "document_signed_by_person", at)

    def expire_due(self) -> int:
        """End those whose time has passed; how many. Safe to run twice, and beside itself."""
        at = self.clock()
        with self.work(write=True) as unit:
            due = unit.signings.over(at=at, limit=MOST_AT_ONCE)
            for signing in due:
                ended = replace(signing, state=SigningState.EXPIRED, memory="", back="", at_platform="")
                if unit.signings.save(ended):
                    unit.audit.record(_event("signing_expired", ended, at))
            unit.commit()
        return len(due)

    def find(self, agency: str, signing_id: str) -> Signing | None:
        """A signing of this agency's."""
        with self.work(write=False) as unit:
            found = unit.signings.find(signing_id)
        return found if found is not None and found.agency == agency else None

    def content(self, signing: Signing) -> bytes:
        """The signed document."""
        return self.blobs.get(signing.content)

    def _signed(self, signing: Signing, message: bytes) -> tuple[bytes, Level]:
        reserved = Reserved(content=self.blobs.get(signing.content), hole=signing.hole, digest=signing.digest)
        signed = self.writer.place(reserved, message)
        if problem := self.check(signed):
            raise SigningFailed(problem)
        chain = self.writer.stamp_chain(message)
        # the message is not ours to put a timestamp into, so the first one stands over the document (B-T)
        stamped = self.writer.prepare_archive(self.writer.reopen(signed), Evidence())
        token = self.stamps.stamp(stamped.digest)
        self.writer.finish(stamped, token)
        chains = (self.complete(chain), self.complete(self.writer.stamp_chain(token)))
        evidence = self.revocation.collect(chains)
        archive = self.writer.prepare_archive(stamped, evidence)
        return self.writer.finish(archive, self.stamps.stamp(archive.digest)), Level.LTA

    def _keep(self, signing: Signing, kind: str, at: datetime, *, under: str | None = None) -> Signing:
        with self.work(write=True) as unit:
            if not unit.signings.save(signing, under=under):
                return unit.signings.find(signing.id) or signing  # the same answer came twice; the first stands
            unit.audit.record(_event(kind, signing, at))
            unit.commit()
        return signing

    def _known(self, asked: AskedFor) -> Signing | None:
        with self.work(write=False) as unit:
            known = unit.signings.by_idempotency_key(asked.agency, asked.idempotency_key)
        return self._same(known, asked) if known is not None else None

    def _same(self, known: Signing, asked: AskedFor) -> Signing:
        if known.request_digest != asked.request_digest:
            raise DocumentRefused("idempotency_key_reused")
        return known


def _event(kind: str, signing: Signing, at: datetime) -> Happened:
    return Happened(
        kind=kind,
        at=at,
        actor=signing.subject if kind != "signing_asked_for" else signing.agency,
        subjects=(signing.id,),
        client=signing.agency,
        region="HK",
        outcome="failed" if signing.reason else "done",
        reason=signing.reason or None,
    )

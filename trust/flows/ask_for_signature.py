"""Ask for a person's signature: the document gets a place for it, and waits for the person."""

import hashlib
import json
from collections.abc import Mapping

from trust.documents.document import digest
from trust.documents.signing import LIVES, Means, Signing
from trust.errors import DocumentRefused
from trust.flows.signing_event import event
from trust.frozen import Frozen, Hidden
from trust.ports import Clock
from trust.ports.documents import NewToken
from trust.ports.person_signing import Drafts, KnownPersons, PersonSigner, TwoStepWriter, Work
from trust.signing.profile import SealProfile


class AskedFor(Frozen):
    """What an agency hands over. Without `means`, the person signs with what they have."""

    agency: str
    subject: str
    title: Hidden[str]
    language: str
    idempotency_key: str
    means: Means | None = None
    back: str = ""
    pdf: Hidden[bytes]

    @property
    def request_digest(self) -> str:
        """The same for the same request."""
        told = [self.subject, self.title, self.language, self.means, self.back, digest(self.pdf)]
        return "sha256:" + hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


class AskForSignature(Frozen):
    """Takes wishes of agencies in, for the platforms that are configured."""

    work: Work
    drafts: Drafts
    writer: TwoStepWriter
    signers: Mapping[Means, PersonSigner]
    persons: KnownPersons
    clock: Clock
    new_token: NewToken

    def __call__(self, asked: AskedFor, *, agency_name: str) -> Signing:
        """The signing, waiting. Raises DocumentRefused, also for a key used for two requests."""
        if known := self._known(asked):
            return known
        at = self.clock()
        means = asked.means or self._likeliest(asked.subject)
        if means is None or means not in self.signers:
            raise DocumentRefused("signing_means_unavailable")
        profile = SealProfile(agency=agency_name, language=asked.language, visible=False, approves=True)
        names_certificate = self.signers[means].names_certificate
        reserved = self.writer.reserve(asked.pdf, profile, at=at, names_certificate=names_certificate)
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
            means=means,
            hole=reserved.hole,
            digest=reserved.digest,
            back=asked.back,
        )
        self.drafts.keep(signing.id, reserved.content)
        with self.work(write=True) as unit:
            # two requests with one key may arrive together: the database says which was first
            if is_first := unit.signings.add(signing):
                unit.audit.record(event("signing_asked_for", signing, at))
                unit.commit()
        if is_first:
            return signing
        self.drafts.forget(signing.id)
        return self._known(asked) or signing

    def _likeliest(self, account: str) -> Means | None:
        """What the person has, or else what there is."""
        has = self.persons.means(account)
        return next((means for means in (*has, *self.signers) if means in self.signers), None)

    def _known(self, asked: AskedFor) -> Signing | None:
        with self.work(write=False) as unit:
            known = unit.signings.by_idempotency_key(asked.agency, asked.idempotency_key)
        if known is not None and known.request_digest != asked.request_digest:
            raise DocumentRefused("idempotency_key_reused")
        return known

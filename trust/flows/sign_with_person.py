"""Have a person sign a document with their own key, in steps between which everything lies in storage.

1. The agency asks (trust/flows/ask_for_signature.py): the document gets a place for the signature, and waits.
2. The person begins: only a digest goes to the platform. Either the browser goes there, and the code that both sides
   show lets the person compare; or the platform sends a code that the person types on our page.
3. The person comes back, or has typed: the message is put in its place, looked at where no key is, and made to last.
   Whoever comes twice, or late, changes nothing. Who declines, or types wrongly too often, can begin anew.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from trust.documents.signing import (
    MOST_ATTEMPTS,
    MOST_SENT_AGAIN,
    MOST_TRIES,
    Means,
    Question,
    Signing,
    SigningState,
    objection_to_begin,
    objection_to_finish,
    objection_to_send_again,
    stands,
)
from trust.errors import DocumentRefused, EvidenceUnavailable, SigningFailed, StampUnavailable, TypedWrong
from trust.flows.complete_signature import CompleteSignature
from trust.flows.signing_event import event
from trust.frozen import Frozen
from trust.ports import Clock
from trust.ports.documents import Blobs, NewToken
from trust.ports.person_signing import Drafts, KnownPersons, PersonSigner, Wish, Work
from trust.ports.sealing import Reserved
from trust.signing.profile import Level

MOST_LISTED = 50


class SignWithPerson(Frozen):
    """Signing in two steps with the platforms that are configured."""

    work: Work
    blobs: Blobs
    drafts: Drafts
    signers: Mapping[Means, PersonSigner]
    persons: KnownPersons
    complete: CompleteSignature
    names: Mapping[str, str]  # the service's name by language, as the platform shows it
    clock: Clock
    new_token: NewToken

    def begin(
        self, signing: Signing, *, browser: str, department: str, language: str, signer: str = "", back: str = ""
    ) -> Signing:
        """Step 2, with `signer` where the platform knows the person by what they or their agency say.

        The signing as it is then: the person is asked. Raises DocumentRefused or SigningFailed."""
        at = self.clock()
        if problem := objection_to_begin(signing, at):
            raise DocumentRefused(problem)
        signer = signer or self.persons.means(signing.subject).get(signing.means, "")
        if not signer:
            raise DocumentRefused("signer_unknown")
        with self.work(write=True) as unit:
            if not unit.signings.count("attempts", signing, most=MOST_ATTEMPTS):
                raise DocumentRefused("signing_attempts_used_up")
            unit.commit()
        state = self.new_token()
        begun = self._platform(signing).begin(
            Wish(
                digest=signing.digest,
                document=signing.title,
                department=department,
                service=self.names.get(language) or next(iter(self.names.values()), ""),
                signer=signer,
                state=state,
                browser=browser,
                language=language,
            )
        )
        asked = replace(
            signing,
            state=SigningState.ASKED,
            reason="",
            at_platform=state,
            asked_at=at,
            question=begun.question,
            memory=json.dumps(dict(begun.memory)),
            back=back or signing.back,
        )
        kept = self._keep(asked, "signing_begun", at)
        if problem := objection_to_begin(replace(kept, attempts=0), at):
            raise DocumentRefused(problem)  # it ended while the platform was asked
        return kept

    def send_again(self, signing: Signing) -> None:
        """Have another code sent. Raises DocumentRefused or SigningFailed."""
        at = self.clock()
        if problem := objection_to_send_again(signing, at):
            raise DocumentRefused(problem)
        with self.work(write=True) as unit:
            if not unit.signings.count("sends", signing, most=MOST_SENT_AGAIN):
                raise DocumentRefused("codes_used_up")
            unit.audit.record(event("signing_code_sent_again", signing, at))
            unit.commit()
        self._platform(signing).send_again(json.loads(signing.memory))

    def cancel(self, signing: Signing) -> Signing:
        """The person does not want to sign now; they can begin anew."""
        stopped = _waiting(signing, "cancelled")
        return self._keep(stopped, "signing_cancelled", self.clock(), under=signing.at_platform)

    def finish(self, state: str, answer: Mapping[str, str]) -> Signing:
        """Step 3. The signing as it is then: signed, or waiting with the reason.

        Raises DocumentRefused, and TypedWrong where the person may type once more."""
        at = self.clock()
        with self.work(write=False) as unit:
            signing = unit.signings.by_state(state)
        if signing is None:
            raise DocumentRefused("signing_unknown")
        if problem := objection_to_finish(signing, at):
            if problem == "signing_done":
                return signing
            raise DocumentRefused(problem)
        draft = self.drafts.get(signing.id)
        if draft is None:  # it was signed or over a moment ago
            return self._find(signing.id) or signing
        if signing.question.typed and not self._one_more_try(signing):
            return self._keep(_waiting(signing, "codes_used_up"), "signing_failed", at, under=state)
        try:
            message = self._platform(signing).finish(json.loads(signing.memory), answer)
            reserved = Reserved(content=draft, hole=signing.hole, digest=signing.digest)
            signed = self.complete(reserved, message)
        except TypedWrong as wrong:
            return self._wrong(signing, wrong, at)
        except (DocumentRefused, SigningFailed, StampUnavailable, EvidenceUnavailable) as failed:
            return self._keep(_waiting(signing, failed.reason), "signing_failed", at, under=state)
        done = replace(
            signing,
            state=SigningState.SIGNED,
            reason="",
            content=self.blobs.put(signed),
            leftover=True,
            signed_at=at,
            level=str(Level.LTA) if self._platform(signing).names_certificate else "",
            question=Question(),
            memory="",
            hole=(0, 0),
        )
        return self._keep(done, "document_signed_by_person", at)

    def find(self, agency: str, signing_id: str) -> Signing | None:
        """A signing of this agency's."""
        found = self._find(signing_id)
        return found if found is not None and found.agency == agency else None

    def find_mine(self, account: str, signing_id: str) -> Signing | None:
        """A signing that this person was asked for."""
        found = self._find(signing_id)
        return found if found is not None and found.subject == account else None

    def waiting_for(self, account: str) -> tuple[Signing, ...]:
        """What this person can still sign, the newest first."""
        with self.work(write=False) as unit:
            return unit.signings.waiting_for(account, at=self.clock(), limit=MOST_LISTED)

    def content(self, signing: Signing) -> bytes | None:
        """The document: signed, or as it waits to be; none once its time has passed."""
        if signing.state is SigningState.SIGNED:
            return self.blobs.get(signing.content)
        over = stands(signing, self.clock()) is SigningState.EXPIRED
        return None if over else self.drafts.get(signing.id)

    def _platform(self, signing: Signing) -> PersonSigner:
        platform = self.signers.get(signing.means)
        if platform is None:  # it was configured when the agency asked
            raise DocumentRefused("signing_means_unavailable")
        return platform

    def _one_more_try(self, signing: Signing) -> bool:
        with self.work(write=True) as unit:
            counted = unit.signings.count("tries", signing, most=MOST_TRIES)
            unit.commit()
        return counted

    def _wrong(self, signing: Signing, wrong: TypedWrong, at: datetime) -> Signing:
        """Note it; raises it again unless it was the last try."""
        if signing.tries + 1 >= MOST_TRIES:
            return self._keep(_waiting(signing, "codes_used_up"), "signing_failed", at, under=signing.at_platform)
        with self.work(write=True) as unit:
            unit.audit.record(event("signing_code_wrong", replace(signing, reason=wrong.reason), at))
            unit.commit()
        raise wrong

    def _find(self, signing_id: str) -> Signing | None:
        with self.work(write=False) as unit:
            return unit.signings.find(signing_id)

    def _keep(self, signing: Signing, kind: str, at: datetime, *, under: str | None = None) -> Signing:
        with self.work(write=True) as unit:
            if not unit.signings.save(signing, under=under):
                return unit.signings.find(signing.id) or signing  # the same answer came twice; the first stands
            unit.audit.record(event(kind, signing, at))
            unit.commit()
        return signing


def _waiting(signing: Signing, reason: str) -> Signing:
    """For a later attempt."""
    return replace(
        signing,
        state=SigningState.WAITING,
        reason=reason,
        at_platform="",
        question=Question(),
        memory="",
        asked_at=None,
    )

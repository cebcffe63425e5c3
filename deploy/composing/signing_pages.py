"""The pages' PersonSignings port over trust's flow: whose it is, as of now, and no more than its page needs."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from deploy.composing.records import AgencyNames
from deploy.composing.signings import way_back
from pwa.ports import ToSign, TypedField
from trust.documents.signing import MOST_SENT_AGAIN, MOST_TRIES, Means, Question, Signing, SigningState, stands
from trust.errors import DocumentRefused
from trust.flows.sign_with_person import SignWithPerson
from trust.frozen import Frozen
from trust.validation.plain_text import plain


class PersonsSignings(Frozen):
    """Each method is about a signing of this account's alone."""

    sign: SignWithPerson
    names: AgencyNames

    def waiting(self, account: str) -> tuple[ToSign, ...]:
        """What this person can still sign, newest first."""
        return tuple(self._shown(signing) for signing in self.sign.waiting_for(account))

    def find(self, account: str, signing: str) -> ToSign | None:
        """One of theirs."""
        found = self.sign.find_mine(account, signing)
        return self._shown(found) if found is not None else None

    def content(self, account: str, signing: str) -> bytes | None:
        """The PDF as it waits or is signed; none once the time has passed."""
        found = self.sign.find_mine(account, signing)
        return self.sign.content(found) if found is not None else None

    def begin(self, account: str, signing: str, *, named: str, agent: str, language: str) -> ToSign | None:
        """Ask the platform."""
        found = self.sign.find_mine(account, signing)
        if found is None:
            return None
        names = self.names(found.agency)
        begun = self.sign.begin(
            found,
            browser=agent,
            department=names.get(language) or names.get("en") or found.agency,
            language=language,
            signer=named if found.means is Means.ESIGN_CLOUD else "",
        )
        return self._shown(begun)

    def answer(self, account: str, signing: str, typed: Sequence[str]) -> ToSign | None:
        """What was typed, in the order of the fields."""
        found = self.sign.find_mine(account, signing)
        if found is None:
            return None
        fields = found.question.typed
        if not fields or len(typed) != len(fields):
            raise DocumentRefused("signing_not_begun")
        given = {field.id: value for field, value in zip(fields, typed, strict=True)}
        return self._shown(self.sign.finish(found.at_platform, given))

    def send_again(self, account: str, signing: str) -> ToSign | None:
        """Have another code sent."""
        found = self.sign.find_mine(account, signing)
        if found is not None:
            self.sign.send_again(found)
        return self.find(account, signing)

    def cancel(self, account: str, signing: str) -> ToSign | None:
        """Not now."""
        found = self.sign.find_mine(account, signing)
        return self._shown(self.sign.cancel(found)) if found is not None else None

    def _shown(self, signing: Signing) -> ToSign:
        at = self.sign.clock()
        state = stands(signing, at)
        asked = state is SigningState.ASKED
        question = signing.question if asked else Question()
        until = signing.asked_until if asked and signing.asked_until is not None else signing.expires_at
        lapsed = signing.state is SigningState.ASKED and state is SigningState.WAITING
        return ToSign(
            id=signing.id,
            title=plain(signing.title),
            agency=self._named(signing),
            means=signing.means.value,
            state=state.value,
            reason="timed_out" if lapsed else signing.reason if state is SigningState.WAITING else "",
            sha256=signing.digest.hex(),
            asked_on=signing.created_at,
            until=until,
            minutes=max(0, -(-(until - at) // timedelta(minutes=1))),
            names_account=signing.means is Means.ESIGN_CLOUD,
            url=question.url,
            code=question.code,
            typed=tuple(TypedField(one_time=one.one_time, numeric=one.numeric) for one in question.typed),
            holder=question.holder,
            tries=max(0, MOST_TRIES - signing.tries),
            sends=max(0, MOST_SENT_AGAIN - signing.sends) if any(one.one_time for one in question.typed) else 0,
            back=way_back(signing),
        )

    def _named(self, signing: Signing) -> Mapping[str, str]:
        return self.names(signing.agency)

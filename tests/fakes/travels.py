"""One journey to each region, with the ways it can go wrong: what tests/contracts/test_regions.py plays."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec.structs import replace

from deploy.sandbox.registration import secrets_in
from deploy.sandbox.signing_key import SigningKey
from gateway.identity.assertion import RegionAssertion
from gateway.identity.region import Region as RegionCode
from gateway.ports.egress import Reply
from gateway.ports.regions import Arrived, Callback, CheckResult, Errand, Leave, Region, Trip, Wait
from gateway.regions.guangdong.adapter import Guangdong
from gateway.regions.hongkong import content, signing
from tests.fakes.outside import Delivered, Outside

Result = RegionAssertion | CheckResult


def departure(errand: Errand = Errand.IDENTIFY, state: str = "state-0001") -> Trip:
    return Trip(
        errand=errand, state=state, locale="zh-Hant", user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"
    )


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[Reply], Reply]:
    """A change to a JSON answer."""

    def apply(reply: Reply) -> Reply:
        answer = json.loads(reply.body)
        change(answer)
        return replace(reply, body=json.dumps(answer).encode())

    return apply


class Travel(ABC):
    """Each method plays one situation to its end: a result, or an exception of the connector."""

    # why a situation is refused
    reasons: ClassVar[Mapping[str, str]]

    def __init__(self, outside: Outside) -> None:
        self.outside = outside

    @abstractmethod
    def happy(self) -> Result: ...
    @abstractmethod
    def expired(self) -> Result: ...
    @abstractmethod
    def replayed(self) -> Result: ...
    @abstractmethod
    def wrong_audience(self) -> Result: ...
    @abstractmethod
    def tampered(self) -> Result: ...
    @abstractmethod
    def declined(self) -> Result: ...
    @abstractmethod
    def unknown_attribute(self) -> Result: ...
    @abstractmethod
    def missing_required_attribute(self) -> Result: ...

    def unreachable(self) -> Result:
        self.outside.egress.down = True
        return self.happy()

    def slow_or_broken(self) -> Result:
        self.outside.egress.changes[""] = lambda reply: replace(reply, status=503)
        return self.happy()

    def not_what_it_should_be(self) -> Result:
        self.outside.egress.changes[""] = lambda reply: replace(reply, body=b'{"a":1,"a":2}')
        return self.happy()

    @abstractmethod
    def another_state(self) -> Result: ...


def settled(arrival: object) -> RegionAssertion:
    assert isinstance(arrival, Arrived), arrival
    return arrival.assertion


class ToHongKong(Travel):
    reasons: ClassVar[Mapping[str, str]] = {
        "expired": "signature_expired",
        "replayed": "return_code_unexpected",
        "wrong_audience": "audience_wrong",
        "tampered": "signature_wrong",
        "declined": "cancelled",
        "missing_required_attribute": "attribute_missing",
        "another_state": "state_wrong",
    }

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside)
        self.region = outside.regions[RegionCode.HONG_KONG]
        self.trip = departure()

    def to_the_request(self) -> Trip:
        """Signed in, and asked for the profile: the person stands before the second page."""
        leave = self.region.depart(self.trip)
        back = self.outside.answer(leave.url, person="chan-tai-man")
        second = self.region.arrive(back, replace(self.trip, memory=leave.memory))
        assert isinstance(second, Leave)
        waiting = self.region.arrive(self.outside.answer(second.url), trip := replace(self.trip, memory=second.memory))
        assert isinstance(waiting, Wait)
        return trip

    def given(self, trip: Trip, delivered: Delivered) -> RegionAssertion:
        delivery = self.region.receive("profile", delivered.headers, delivered.body)
        assert delivery.state == trip.state
        return settled(self.region.resume(replace(trip, memory={**trip.memory, **delivery.memory})))

    def happy(self) -> Result:
        trip = self.to_the_request()
        return self.given(trip, self.outside.deliveries[-1])

    def expired(self) -> Result:
        trip = self.to_the_request()
        self.outside.clock.move(timedelta(minutes=6))
        return self.given(trip, self.outside.deliveries[-1])

    def replayed(self) -> Result:
        leave = self.region.depart(self.trip)
        back = self.outside.answer(leave.url, person="chan-tai-man")
        trip = replace(self.trip, memory=leave.memory)
        self.region.arrive(back, trip)
        return settled(self.region.arrive(back, trip))

    def wrong_audience(self) -> Result:
        trip = self.to_the_request()
        return self.given(trip, self.written(lambda _: None, client_id="another-service"))

    def tampered(self) -> Result:
        trip = self.to_the_request()
        delivered = self.outside.deliveries[-1]
        delivered.body = delivered.body.replace(b'"D00000"', b'"D00001"')
        return self.given(trip, delivered)

    def declined(self) -> Result:
        leave = self.region.depart(self.trip)
        back = self.outside.answer(leave.url, person="chan-tai-man", answer="cancel")
        return settled(self.region.arrive(back, replace(self.trip, memory=leave.memory)))

    def unknown_attribute(self) -> Result:
        trip = self.to_the_request()
        return self.given(trip, self.written(lambda answer: answer.update(shoeSize="42", mobileNumber="60000000")))

    def missing_required_attribute(self) -> Result:
        trip = self.to_the_request()
        return self.given(trip, self.written(lambda answer: answer.pop("birthDate")))

    def another_state(self) -> Result:
        leave = self.region.depart(self.trip)
        back = self.outside.answer(leave.url, person="chan-tai-man")
        return settled(self.region.arrive(back, replace(self.trip, state="state-0002", memory=leave.memory)))

    def written(self, change: Callable[[dict[str, Any]], object], *, client_id: str = "") -> Delivered:
        """The last callback, opened, changed, closed and signed again as the platform itself would."""
        settings = self.outside.settings.hongkong
        assert settings is not None
        private = load_pem_private_key(
            settings.encipherment_key.encode(), password=None, unsafe_skip_rsa_key_validation=True
        )
        assert isinstance(private, RSAPrivateKey)
        outer = json.loads(self.outside.deliveries[-1].body)
        key = content.unwrap(outer["secretKey"], private, settings.rsa_padding)
        answer = json.loads(content.unseal(outer["content"], key))
        change(answer)
        outer["content"] = content.seal(json.dumps(answer).encode(), key, iv=bytes(12))
        body = json.dumps(outer).encode()
        headers = signing.headers(
            client_id=client_id or settings.client_id,
            secret=settings.client_secret,
            at=self.outside.clock(),
            nonce="n",
            body=body,
        )
        return Delivered(url="", headers={name.lower(): value for name, value in headers.items()}, body=body)


class Straight(Travel):
    """A region with one leg: away, and back with a code."""

    person: str

    def __init__(self, outside: Outside, region: Region) -> None:
        super().__init__(outside)
        self.region = region
        self.trip = departure()

    def away(self, **form: str) -> tuple[Callback, Trip]:
        leave = self.region.depart(self.trip)
        back = self.outside.answer(leave.url, person=self.person, **form)
        return back, replace(self.trip, memory=leave.memory)

    def happy(self) -> Result:
        return settled(self.region.arrive(*self.away()))

    def replayed(self) -> Result:
        back, trip = self.away()
        self.region.arrive(back, trip)
        return settled(self.region.arrive(back, trip))

    def declined(self) -> Result:
        return settled(self.region.arrive(*self.away(answer="cancel")))

    def another_state(self) -> Result:
        back, trip = self.away()
        return settled(self.region.arrive(back, replace(trip, state="state-0002")))


class ToMacau(Straight):
    person = "lei-chi-meng"
    reasons: ClassVar[Mapping[str, str]] = {
        "expired": "assertion_expired",
        "replayed": "code_refused",
        "wrong_audience": "audience_wrong",
        "tampered": "signature_wrong",
        "declined": "cancelled",
        "missing_required_attribute": "attribute_missing",
        "another_state": "state_wrong",
    }

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, outside.regions[RegionCode.MACAU])
        self.key = SigningKey(secrets_in(outside.data_dir).macau_provider_key)

    def claims(self, **other: object) -> None:
        """The provider signs other claims."""

        def change(answer: dict[str, Any]) -> None:
            claims = self.key.verified(answer["id_token"]) or {}
            answer["id_token"] = self.key.sign({**claims, **other})

        self.outside.egress.changes["/mo/token"] = changed(change)

    def userinfo(self, change: Callable[[dict[str, Any]], object]) -> Result:
        self.outside.egress.changes["/mo/userinfo"] = changed(change)
        return self.happy()

    def expired(self) -> Result:
        self.claims(exp=int(self.outside.clock().timestamp()) - 60)
        return self.happy()

    def wrong_audience(self) -> Result:
        self.claims(aud="another-client")
        return self.happy()

    def tampered(self) -> Result:
        def change(answer: dict[str, Any]) -> None:
            head, body, signature = answer["id_token"].split(".")
            answer["id_token"] = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"

        self.outside.egress.changes["/mo/token"] = changed(change)
        return self.happy()

    def unknown_attribute(self) -> Result:
        return self.userinfo(lambda answer: answer.update(shoe_size="42"))

    def missing_required_attribute(self) -> Result:
        return self.userinfo(lambda answer: answer.pop("birthdate"))


class ToGuangdong(Straight):
    person = "chan-tai-man"
    reasons: ClassVar[Mapping[str, str]] = {
        "expired": "code_refused",
        "replayed": "code_refused",
        "wrong_audience": "code_refused",
        "tampered": "answer_malformed",
        "declined": "cancelled",
        "missing_required_attribute": "attribute_missing",
        "another_state": "state_wrong",
    }

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside, outside.regions[RegionCode.GUANGDONG])

    def account(self, change: Callable[[dict[str, Any]], object]) -> Result:
        self.outside.egress.changes["/tokeninfo"] = changed(change)
        return self.happy()

    def expired(self) -> Result:
        back, trip = self.away()
        self.outside.clock.move(timedelta(minutes=2))
        return settled(self.region.arrive(back, trip))

    def wrong_audience(self) -> Result:
        """The platform signs nothing; a code is bound to the client that asked for it."""
        back, trip = self.away()
        settings = self.outside.settings.guangdong
        assert settings is not None
        other = Guangdong(replace(settings, client_id="another"), egress=self.outside.egress, clock=self.outside.clock)
        return settled(other.arrive(back, trip))

    def tampered(self) -> Result:
        """Nothing is signed, so only structure can tell: a property that stands twice."""
        return self.account(lambda answer: answer["userobj"]["extproperties"].append("uversion=9"))

    def unknown_attribute(self) -> Result:
        return self.account(lambda answer: answer["userobj"].update(shoe_size="42"))

    def missing_required_attribute(self) -> Result:
        return self.account(lambda answer: answer["userobj"].update(idcardnumber="-1"))


class ToTheFaceCheck(Travel):
    reasons: ClassVar[Mapping[str, str]] = {
        "expired": "assertion_expired",
        "replayed": "nonce_wrong",
        "wrong_audience": "audience_wrong",
        "tampered": "signature_wrong",
        "declined": "cancelled",
        "missing_required_attribute": "reference_missing",
        "another_state": "state_wrong",
    }

    def __init__(self, outside: Outside) -> None:
        super().__init__(outside)
        self.trip = departure(Errand.CONFIRM)
        self.key = SigningKey(secrets_in(outside.data_dir).check_service_key)

    def away(self, **form: str) -> tuple[Callback, Trip]:
        leave = self.outside.face_check.depart(self.trip, subject_hint="somebody", application="A-1")
        back = self.outside.answer(leave.url, **{"answer": "passed", **form})
        return back, replace(self.trip, memory=leave.memory)

    def with_claims(self, change: Callable[[dict[str, Any]], object]) -> Result:
        back, trip = self.away()
        claims = self.key.verified(back.query["result"]) or {}
        change(claims)
        forged = Callback(query={**back.query, "result": self.key.sign(claims)})
        return self.outside.face_check.arrive(forged, trip)

    def happy(self) -> Result:
        return self.outside.face_check.arrive(*self.away())

    def expired(self) -> Result:
        back, trip = self.away()
        self.outside.clock.move(timedelta(minutes=6))
        return self.outside.face_check.arrive(back, trip)

    def replayed(self) -> Result:
        """A result of an earlier check, for the same application, brought to a later one."""
        back, _ = self.away()
        _, later = self.away()
        return self.outside.face_check.arrive(back, later)

    def wrong_audience(self) -> Result:
        return self.with_claims(lambda claims: claims.update(aud="another"))

    def tampered(self) -> Result:
        back, trip = self.away()
        head, body, signature = back.query["result"].split(".")
        result = f"{head}.{body}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
        return self.outside.face_check.arrive(Callback(query={**back.query, "result": result}), trip)

    def declined(self) -> Result:
        return self.outside.face_check.arrive(*self.away(answer="cancel"))

    def unknown_attribute(self) -> Result:
        return self.with_claims(lambda claims: claims.update(score="0.98"))

    def missing_required_attribute(self) -> Result:
        return self.with_claims(lambda claims: claims.pop("reference"))

    def another_state(self) -> Result:
        back, trip = self.away()
        return self.outside.face_check.arrive(back, replace(trip, state="state-0002"))


TRAVELS: Mapping[str, Callable[[Outside], Travel]] = {
    "HK": ToHongKong,
    "MO": ToMacau,
    "CN-44": ToGuangdong,
    "check": ToTheFaceCheck,
}

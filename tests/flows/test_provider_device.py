"""Somebody signs in for a kiosk on their own phone: what the device hears, what the person sees, what a thief gets."""

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.endpoints.wire import Response
from gateway.errors import RequestRefused, StepRefused
from gateway.flows.authorize_device import TRIES
from gateway.flows.confirm_device import ConfirmDevice
from gateway.flows.stage_view import Answer, ClaimsQuestion, Finished, Stay
from gateway.oidc import compact_jws, device_code
from gateway.oidc.enrolment import objections
from tests.fakes import oidc_world
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import ISSUER, Agency, body
from tests.fakes.resident_world import AGENCY, BROWSER, World, make_world
from tests.fakes.whole_world import confirm_device, enrolled, provider_over

PLACE = "粤智助 · 南沙政务服务中心"
GRANTS = frozenset({"authorization_code", device_code.GRANT_TYPE})


@pytest.fixture
def residents(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


@pytest.fixture
def provider(residents: World) -> oidc_world.World:
    return provider_over(residents)


@pytest.fixture
def kiosk(provider: oidc_world.World) -> Agency:
    return enrolled(provider, AGENCY, grant_types=GRANTS)


@pytest.fixture
def phone(residents: World, provider: oidc_world.World) -> ConfirmDevice:
    return confirm_device(residents, provider)


def ask(kiosk: Agency, /, **other: str | None) -> Response:
    honest: dict[str, str | None] = {
        "client_id": kiosk.id,
        "scope": "openid",
        "claims": '{"userinfo":{"name":{"essential":true}}}',
        "device_location": PLACE,
    }
    form = {name: value for name, value in (honest | other).items() if value is not None}
    return kiosk.world.post(device_code.PATH, form | kiosk.auth(), **kiosk._headers(device_code.PATH))


def asked(kiosk: Agency, **other: str) -> dict[str, Any]:
    answer = ask(kiosk, **other)
    assert answer.status == 200, answer.body
    return body(answer)


def poll(kiosk: Agency, code: str) -> Response:
    form = {"grant_type": device_code.GRANT_TYPE, "device_code": code, "client_id": kiosk.id}
    return kiosk.world.post("/oauth/token", form | kiosk.auth(), **kiosk._headers("/oauth/token"))


def error(answer: Response) -> str:
    assert answer.status in (400, 401), answer
    return str(body(answer)["error"])


def agreed(residents: World, phone: ConfirmDevice, code: str, session: str) -> str:
    """The person confirms, and agrees to what the agency wants to know; where the browser is then."""
    following = phone.agree(code, BROWSER, session=session, locale="en")
    if isinstance(following, Stay):
        assert isinstance(residents.view(following.sign_in), ClaimsQuestion)
        answer = residents.answer(following.sign_in)
        following = residents.sign_ins.agree_claims(following.sign_in, BROWSER, answer, optional=frozenset())
    assert isinstance(following, Answer)
    return str(following.response.url)


def claims_of(provider: oidc_world.World, token: str) -> Mapping[str, Any]:
    jws = compact_jws.take_apart(token, longest=10_000)
    compact_jws.verify(jws, provider.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def test_a_kiosk_gets_tokens_for_the_person_who_confirmed_its_code(
    residents: World, provider: oidc_world.World, kiosk: Agency, phone: ConfirmDevice
) -> None:
    session = residents.bound()
    told = asked(kiosk)
    assert told["verification_uri"] == f"{ISSUER}/device"
    assert told["verification_uri_complete"] == f"{ISSUER}/device?user_code={told['user_code']}"
    assert (told["expires_in"], told["interval"]) == (600, 5)
    assert error(poll(kiosk, told["device_code"])) == "authorization_pending"
    shown = phone.look(told["user_code"].lower(), BROWSER)
    assert (shown.user_code, shown.place, shown.asker.client) == (told["user_code"], PLACE, kiosk.id)
    assert agreed(residents, phone, told["user_code"], session) == f"{ISSUER}/en/device?outcome=allowed"
    answer = poll(kiosk, told["device_code"])
    assert answer.status == 200, answer.body
    tokens = body(answer)
    assert claims_of(provider, tokens["id_token"])["aud"] == kiosk.id
    assert body(kiosk.userinfo(tokens["access_token"]))["name"]
    kinds = [event.kind for event in residents.journal.events]
    assert [kind for kind in kinds if kind.startswith(("device.", "code."))] == [
        "device.asked",
        "code.issued",
        "code.redeemed",
    ]


def test_the_second_time_nothing_is_asked_but_the_code(residents: World, kiosk: Agency, phone: ConfirmDevice) -> None:
    session = residents.bound()
    for _ in range(2):
        told = asked(kiosk)
        agreed(residents, phone, told["user_code"], session)
        assert poll(kiosk, told["device_code"]).status == 200
    assert residents.journal.events[-2].kind == "device.confirmed"


def test_a_person_who_is_not_signed_in_signs_in_first(residents: World, kiosk: Agency, phone: ConfirmDevice) -> None:
    residents.bound()
    told = asked(kiosk)
    following = phone.agree(told["user_code"], BROWSER, session=None, locale="pt")
    assert isinstance(following, Stay)
    residents.go(following.sign_in)
    assert isinstance(residents.view(following.sign_in), ClaimsQuestion)
    answer = residents.answer(following.sign_in)
    done = residents.sign_ins.agree_claims(following.sign_in, BROWSER, answer, optional=frozenset())
    assert isinstance(residents.view(following.sign_in), Finished)
    assert isinstance(done, Answer)
    assert done.response.url == f"{ISSUER}/pt/device?outcome=allowed"
    assert poll(kiosk, told["device_code"]).status == 200


def test_a_no_at_the_code_or_later_is_told_to_the_device(residents: World, kiosk: Agency, phone: ConfirmDevice) -> None:
    session = residents.bound()
    first, second = asked(kiosk), asked(kiosk)
    phone.refuse(first["user_code"], BROWSER)
    assert error(poll(kiosk, first["device_code"])) == "access_denied"
    told = residents.journal.events[-1]
    assert (told.kind, told.outcome, told.client) == ("device.refused", "refused", kiosk.id)
    following = phone.agree(second["user_code"], BROWSER, session=session, locale="en")
    assert isinstance(following, Stay)
    left = residents.sign_ins.cancel(following.sign_in, BROWSER)
    assert isinstance(left, Answer)
    assert left.response.url == f"{ISSUER}/en/device?outcome=refused"
    assert error(poll(kiosk, second["device_code"])) == "access_denied"


def test_a_device_that_asks_too_often_must_wait_longer(residents: World, kiosk: Agency) -> None:
    code = asked(kiosk)["device_code"]
    assert error(poll(kiosk, code)) == "authorization_pending"
    residents.clock.passes(seconds=4)
    assert error(poll(kiosk, code)) == "slow_down"
    residents.clock.passes(seconds=6)
    assert error(poll(kiosk, code)) == "slow_down"  # ten seconds now, and fifteen from here
    residents.clock.passes(seconds=15)
    assert error(poll(kiosk, code)) == "authorization_pending"


def test_what_a_device_asks_with_serves_once(provider: oidc_world.World) -> None:
    kiosk = enrolled(provider, AGENCY, grant_types=GRANTS)
    kiosk.dpop_key = Key.make(kid="kiosk-proof")
    form, headers = {"client_id": kiosk.id, "scope": "openid"}, kiosk._headers(device_code.PATH)
    signed = form | kiosk.auth()
    assert provider.post(device_code.PATH, signed, **headers).status == 200
    assert error(provider.post(device_code.PATH, signed, **kiosk._headers(device_code.PATH))) == "invalid_client"
    assert error(provider.post(device_code.PATH, form | kiosk.auth(), **headers)) == "invalid_dpop_proof"


def test_a_code_that_a_screen_shows_already_is_drawn_again_and_at_last_given_up(
    provider: oidc_world.World, kiosk: Agency
) -> None:
    drawn = iter(["device-1", "shown", "device-2", *["shown"] * 4, "free", "device-3", *["shown"] * TRIES])
    authorize = replace(provider.provider.flows.authorize_device, new_token=lambda: next(drawn))

    def ask_now() -> str:
        return authorize({"client_id": kiosk.id, "scope": "openid"} | kiosk.auth(), proof=None).user_code

    assert [ask_now(), ask_now()] == [device_code.shown(device_code.user_code(each)) for each in ("shown", "free")]
    with pytest.raises(RequestRefused, match="device_codes_used_up") as refused:
        ask_now()
    assert refused.value.retry_after  # as the guide promises of each 503


def test_what_a_device_proves_itself_with_serves_for_one_poll_though_it_must_wait(kiosk: Agency) -> None:
    form = {"grant_type": device_code.GRANT_TYPE, "device_code": asked(kiosk)["device_code"], "client_id": kiosk.id}
    form |= kiosk.auth()
    assert error(kiosk.world.post("/oauth/token", form)) == "authorization_pending"
    assert error(kiosk.world.post("/oauth/token", form)) == "invalid_client"


def test_everything_ends_with_its_time(residents: World, kiosk: Agency, phone: ConfirmDevice) -> None:
    session = residents.bound()
    told = asked(kiosk)
    following = phone.agree(told["user_code"], BROWSER, session=session, locale="en")
    assert isinstance(following, Stay)
    residents.clock.passes(minutes=10)
    assert error(poll(kiosk, told["device_code"])) == "expired_token"
    with pytest.raises(StepRefused, match="device_code_unknown"):
        phone.look(told["user_code"], BROWSER)
    answer = residents.answer(following.sign_in)
    late = residents.sign_ins.agree_claims(following.sign_in, BROWSER, answer, optional=frozenset())
    assert isinstance(late, Answer)
    assert late.response.url == f"{ISSUER}/en/device?outcome=expired"
    assert error(poll(kiosk, told["device_code"])) == "expired_token"


def test_a_code_that_comes_twice_ends_what_it_gave(residents: World, kiosk: Agency, phone: ConfirmDevice) -> None:
    told = asked(kiosk)
    agreed(residents, phone, told["user_code"], residents.bound())
    tokens = body(poll(kiosk, told["device_code"]))
    assert error(poll(kiosk, told["device_code"])) == "invalid_grant"
    assert kiosk.userinfo(tokens["access_token"]).status == 401


def test_of_many_at_once_one_gets_tokens(residents: World, kiosk: Agency, phone: ConfirmDevice) -> None:
    told = asked(kiosk)
    agreed(residents, phone, told["user_code"], residents.bound())
    answers: list[int] = []
    together = threading.Barrier(8)

    def come() -> None:
        together.wait(60)
        answers.append(poll(kiosk, told["device_code"]).status)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(answers) == [200] + [400] * 7


def test_a_device_code_serves_its_own_client_and_key_alone(
    residents: World, provider: oidc_world.World, phone: ConfirmDevice
) -> None:
    kiosk = enrolled(provider, AGENCY, grant_types=GRANTS, require_dpop=True)
    kiosk.dpop_key = Key.make(kid="kiosk-proof")
    other = Agency(provider, id="ferry").enrol(grant_types=GRANTS)
    told = asked(kiosk)
    agreed(residents, phone, told["user_code"], residents.bound())
    assert error(poll(other, told["device_code"])) == "invalid_grant"
    own, kiosk.dpop_key = kiosk.dpop_key, Key.make(kid="stolen")
    assert error(poll(kiosk, told["device_code"])) == "invalid_grant"
    kiosk.dpop_key = None
    assert error(poll(kiosk, told["device_code"])) == "invalid_dpop_proof"
    kiosk.dpop_key = own
    assert body(poll(kiosk, told["device_code"]))["token_type"] == "DPoP"


def test_what_the_device_waits_for_is_no_code_for_anybody_else(
    residents: World, kiosk: Agency, phone: ConfirmDevice
) -> None:
    told = asked(kiosk)
    agreed(residents, phone, told["user_code"], residents.bound())
    with residents.open_work(write=False) as work:
        parked = work.device_requests.find(device_code.identify(told["device_code"]))
    assert parked is not None
    assert parked.answer is not None
    for verifier in (oidc_world.VERIFIER, ""):
        assert (
            kiosk.redeem(parked.answer, redirect_uri=parked.request.redirect_uri, code_verifier=verifier).status == 400
        )


def test_only_who_an_operator_marked_may_ask(provider: oidc_world.World) -> None:
    plain = Agency(provider, id="plain").enrol()
    assert error(ask(plain)) == "unauthorized_client"
    assert error(poll(plain, "whatever")) == "unauthorized_client"
    client = plain.registration(grant_types=GRANTS, redirect_uris=(), require_dpop=True)
    assert objections(client, provider.parts.offer) == ("names_missing", "redirect_uri_missing")
    assert "redirect_uri_missing" not in objections(
        plain.registration(grant_types=frozenset({device_code.GRANT_TYPE}), redirect_uris=()), provider.parts.offer
    )


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid phone"}, "invalid_scope"),
        ({"claims": "{"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"device_location": "see https://evil.example"}, "invalid_request"),
        ({"request_uri": "https://evil.example"}, "invalid_request"),
        ({"client_assertion": "x.y.z"}, "invalid_client"),
    ],
)
def test_a_request_that_is_not_in_order_is_refused(kiosk: Agency, other: dict[str, str | None], code: str) -> None:
    honest = ask(kiosk)
    assert honest.status == 200
    form = {"client_id": kiosk.id, "scope": "openid"} | kiosk.auth() | other
    told = {name: value for name, value in form.items() if value is not None}
    assert error(kiosk.world.post(device_code.PATH, told)) == code


def test_a_browser_that_guesses_is_stopped_and_others_are_not(
    residents: World, kiosk: Agency, phone: ConfirmDevice
) -> None:
    told = asked(kiosk)
    for number in range(device_code.GUESSES):
        with pytest.raises(StepRefused, match="device_code_unknown"):
            phone.look(device_code.user_code(f"guess-{number}"), "guesser")
    with pytest.raises(StepRefused, match="device_guesses_used_up"):
        phone.look(told["user_code"], "guesser")
    with pytest.raises(StepRefused, match="device_guesses_used_up"):
        phone.agree(told["user_code"], "guesser", session=None, locale="en")
    assert phone.look(told["user_code"], BROWSER).place == PLACE
    residents.clock.passes(minutes=11)
    with pytest.raises(StepRefused, match="device_code_unknown"):
        phone.look(told["user_code"], "guesser")


def test_a_slip_of_the_finger_is_no_guess(kiosk: Agency, phone: ConfirmDevice) -> None:
    told = asked(kiosk)
    for typed in ("", "AAAA-AAAA", told["user_code"][:-1], told["user_code"] + "B", "x" * 9999) * 3:
        with pytest.raises(StepRefused, match="device_code_unknown"):
            phone.look(typed, BROWSER)
    assert phone.look(told["user_code"], BROWSER).place == PLACE


def test_browsers_without_number_are_stopped_together(kiosk: Agency, phone: ConfirmDevice) -> None:
    told = asked(kiosk)
    for number in range(device_code.GUESSES_OF_ALL):
        with pytest.raises(StepRefused, match="device_code_unknown"):
            phone.look(device_code.user_code(f"guess-{number}"), f"guesser-{number}")
    with pytest.raises(StepRefused, match="device_guesses_used_up"):
        phone.look(told["user_code"], BROWSER)
    kiosk.world.clock.passes(minutes=1)
    assert phone.look(told["user_code"], BROWSER).place == PLACE


def test_a_code_that_many_look_at_is_spent(kiosk: Agency, phone: ConfirmDevice) -> None:
    told = asked(kiosk)
    for _ in range(device_code.MOST_LOOKS):
        phone.look(told["user_code"], BROWSER)
    with pytest.raises(StepRefused, match="device_code_unknown"):
        phone.look(told["user_code"], BROWSER)


def test_the_first_browser_that_takes_a_code_on_keeps_it(residents: World, kiosk: Agency, phone: ConfirmDevice) -> None:
    told = asked(kiosk)
    phone.agree(told["user_code"], BROWSER, session=None, locale="en")
    for act in (
        lambda: phone.look(told["user_code"], "another browser"),
        lambda: phone.agree(told["user_code"], "another browser", session=None, locale="en"),
        lambda: phone.refuse(told["user_code"], "another browser"),
    ):
        with pytest.raises(StepRefused, match="device_code_unknown"):
            act()
    assert phone.look(told["user_code"], BROWSER).place == PLACE


def test_a_client_that_was_disabled_meanwhile_asks_nobody(
    provider: oidc_world.World, kiosk: Agency, phone: ConfirmDevice
) -> None:
    told = asked(kiosk)
    disabled: dict[str, Any] = {"active": False}
    provider.save(kiosk.registration(grant_types=GRANTS, **disabled))
    with pytest.raises(StepRefused, match="device_code_unknown"):
        phone.look(told["user_code"], BROWSER)


def test_nothing_of_a_code_can_be_read_in_the_database(residents: World, kiosk: Agency) -> None:
    told = asked(kiosk)
    content = Path(str(residents.engine.url.database)).read_bytes()
    for secret in (told["device_code"], told["user_code"], told["user_code"].replace("-", "")):
        assert secret.encode() not in content


def test_housekeeping_forgets_what_is_long_over(residents: World, kiosk: Agency) -> None:
    code = asked(kiosk)["device_code"]
    residents.clock.passes(hours=34)
    assert residents.housekeeping().device_requests == 1
    assert error(poll(kiosk, code)) == "invalid_grant"


def test_the_metadata_say_where_devices_ask(provider: oidc_world.World) -> None:
    answer = provider.get("/.well-known/oauth-authorization-server")
    assert isinstance(answer, Response)
    document = body(answer)
    assert document["device_authorization_endpoint"] == f"{ISSUER}{device_code.PATH}"
    assert device_code.GRANT_TYPE in document["grant_types_supported"]

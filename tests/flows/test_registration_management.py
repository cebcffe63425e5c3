"""A partner looks after its own registration (RFC 7592): with its token alone, and within what was invited."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from gateway.errors import NotFound, RequestRefused
from gateway.flows.enrol_client import EnrolClient
from gateway.flows.invite_partner import InvitePartner
from gateway.flows.register_client import RegisterClient
from tests.fakes.oidc_world import CALLBACK, ISSUER, World, body, make_world
from tests.fakes.registering_partner import Partner, claims_of, reason


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def partner(world: World) -> Partner:
    return Partner(world)


def test_a_registration_is_read_changed_and_removed_by_who_holds_its_token(world: World, partner: Partner) -> None:
    first = partner.register()
    client, token = first["client_id"], first["registration_access_token"]
    assert first["registration_client_uri"] == f"{ISSUER}/oauth/register/{client}"
    assert body(partner.send("GET", None, token=token, client=client)) == first
    for wrong in (partner.token, "guessed", Partner(world).register()["registration_access_token"]):
        refused = partner.send("GET", None, token=wrong, client=client)
        assert (refused.status, reason(refused)) == (401, "registration_token_unknown")
    wanted = partner.metadata(client_id=client, redirect_uris=[f"{CALLBACK}/new"])
    second = body(partner.send("PUT", wanted, token=token, client=client))
    assert second["redirect_uris"] == [f"{CALLBACK}/new"]
    assert second["registration_access_token"] != token
    assert partner.send("GET", None, token=token, client=client).status == 401
    world.clock.passes(seconds=2)
    assert partner.agency(client).pushed(redirect_uri=f"{CALLBACK}/new")
    assert partner.send("DELETE", None, token=second["registration_access_token"], client=client).status == 204
    world.clock.passes(seconds=2)
    assert reason(partner.agency(client).push()) == "client_unknown"
    assert partner.send("GET", None, token=second["registration_access_token"], client=client).status == 401


def test_what_a_partner_says_of_itself_is_changed_with_the_rest(world: World, partner: Partner) -> None:
    told = partner.register(contacts=["desk@agency.example"], logo_uri="https://agency.example/logo")
    client, token = told["client_id"], told["registration_access_token"]
    world.clock.passes(days=1)
    wanted = partner.metadata(client_id=client, contacts=["night@agency.example"])
    changed = body(partner.send("PUT", wanted, token=token, client=client))
    token = changed["registration_access_token"]
    assert changed == body(partner.send("GET", None, token=token, client=client))
    assert changed["contacts"] == ["night@agency.example"]
    assert "logo_uri" not in changed
    assert changed["client_id_issued_at"] == told["client_id_issued_at"]
    with world.work(write=False) as work:
        kept = work.registrations.find(client)
    assert kept is not None
    assert kept[0].changed_at == world.clock() == kept[0].registered_at + timedelta(days=1)


def test_each_step_of_a_registration_is_on_record_with_who_took_it(world: World) -> None:
    partner = Partner(world, uses=2)
    told = partner.register()
    client = told["client_id"]
    changed = partner.send(
        "PUT", partner.metadata(client_id=client), token=told["registration_access_token"], client=client
    )
    partner.send("DELETE", None, token=body(changed)["registration_access_token"], client=client)
    with world.work(write=False) as work:
        (invitation,) = work.invitations.list()
    parts = world.parts
    flow = InvitePartner(offer=parts.offer, open_work=parts.open_work, new_token=parts.new_token, clock=parts.clock)
    flow.withdraw(invitation.id, operator="operator:mei")
    with pytest.raises(NotFound):
        flow.withdraw(invitation.id, operator="operator:mei")
    assert [(event.kind, event.actor, event.subjects) for event in world.journal.events] == [
        ("invitation.made", "operator", (invitation.id, "registry-agency")),
        ("client.registered", f"invitation:{invitation.id}", (client,)),
        ("client.changed", client, (client,)),
        ("client.removed", client, (client,)),
        ("invitation.withdrawn", "operator:mei", (invitation.id,)),
    ]
    assert reason(partner.send("POST", partner.metadata())) == "invitation_over"


def test_what_a_removed_client_was_granted_ends(world: World, partner: Partner) -> None:
    told = partner.register()
    client = told["client_id"]
    world.clock.passes(seconds=2)
    grant = str(claims_of(partner.agency(client).tokens()["access_token"].split(".")[1])["grant"])

    def stands() -> bool:
        with world.work(write=False) as work:
            return work.grants.live(grant, at=world.clock()) is not None

    assert stands()
    assert partner.send("DELETE", None, token=told["registration_access_token"], client=client).status == 204
    assert not stands()


def test_an_update_stays_within_the_invitation_and_says_nothing_that_is_ours(partner: Partner) -> None:
    told = partner.register()
    client, token = told["client_id"], told["registration_access_token"]

    def put(**other: Any) -> str:
        return reason(
            partner.send("PUT", partner.metadata(**{"client_id": client} | other), token=token, client=client)
        )

    assert put(client_id="another") == "client_id_of_another"
    assert put(registration_access_token=token) == "metadata_not_the_clients_to_say"
    assert put(client_secret="s") == "metadata_not_the_clients_to_say"
    assert put(redirect_uris=["https://other.example/cb"]) == "host_not_invited"
    assert put(scope="openid documents:read") == "scope_not_invited"
    assert partner.send("GET", None, token=token, client=client).status == 200


def test_what_an_operator_gave_or_took_survives_what_the_partner_writes(world: World, partner: Partner) -> None:
    told = partner.register()
    client, token = told["client_id"], told["registration_access_token"]
    with world.work(write=True) as work:
        found = work.clients.find(client)
        assert found is not None
        given: dict[str, Any] = {"purpose": {"en": "To register companies."}, "events": frozenset({"link_undone"})}
        work.clients.save(replace(found, requests_per_minute=7, **given))
        work.commit()
    changed = partner.send("PUT", partner.metadata(client_id=client), token=token, client=client)
    with world.work(write=True) as work:
        found = work.clients.find(client)
        assert found is not None
        assert (found.purpose, found.events, found.requests_per_minute) == (given["purpose"], given["events"], 7)
        work.clients.save(replace(found, active=False))
        work.commit()
    token = body(changed)["registration_access_token"]
    assert partner.send("PUT", partner.metadata(client_id=client), token=token, client=client).status == 401


def test_what_an_operator_took_is_not_taken_back(world: World) -> None:
    partner = Partner(world)
    told = partner.register(scope="openid profile")
    client, token = told["client_id"], told["registration_access_token"]
    enrol = EnrolClient(offer=world.parts.offer, open_work=world.work, clock=world.clock)
    with world.work(write=False) as work:
        found = work.clients.find(client)
    assert found is not None
    enrol(replace(found, scopes=frozenset({"openid"})), operator="operator")
    wanted = partner.metadata(client_id=client, scope="openid profile")
    refused = partner.send("PUT", wanted, token=token, client=client)
    assert (refused.status, reason(refused)) == (400, "scope_not_invited")
    # what it never asked for, nobody took from it
    wanted = partner.metadata(client_id=client, scope="openid documents:issue")
    assert body(partner.send("PUT", wanted, token=token, client=client))["scope"] == "documents:issue openid"


def test_who_is_disabled_while_changing_stays_disabled(world: World, partner: Partner) -> None:
    """An operator's word comes between the partner's request and what is kept of it."""
    told = partner.register()
    client, token = told["client_id"], told["registration_access_token"]

    def disable_first() -> str:
        with world.work(write=True) as work:
            found = work.clients.find(client)
            assert found is not None
            work.clients.save(replace(found, active=False))
            work.commit()
        return "token"

    flow = RegisterClient(offer=world.person.offer, open_work=world.work, new_token=disable_first, clock=world.clock)
    with pytest.raises(RequestRefused) as refused:
        flow.update(client, partner.metadata(client_id=client), token=token)
    assert refused.value.reason == "registration_token_unknown"
    with world.work(write=False) as work:
        kept = work.clients.find(client)
    assert kept is not None
    assert not kept.active

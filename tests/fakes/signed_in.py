"""A browser on which the provider's one person is signed in."""

from dataclasses import dataclass

from gateway.flows.equipment import cookie_hash
from gateway.identity.account import Account
from gateway.identity.assertion import Attributes
from gateway.identity.binding import Binding, Method, Profile
from gateway.identity.identifier import guangdong_account, home_subject
from gateway.identity.region import Region
from gateway.identity.session import Session
from tests.fakes.oidc_world import SECRET, World

BROWSER = "browser-of-the-test"


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """`cookie` is the Cookie header."""

    world: World
    session: str
    secret: str

    @property
    def cookie(self) -> str:
        return f"__Host-gba_browser={BROWSER}; __Host-gba_session={self.secret}"

    @property
    def is_still(self) -> bool:
        with self.world.work(write=False) as work:
            found = work.sessions.get(self.session)
        return found is not None and found.ended_at is None


def sign_in(world: World, secret: str = SECRET) -> SignedIn:
    """A session: with its own secret that which the person's permissions name."""
    at, session = world.clock(), cookie_hash(secret)
    with world.work(write=True) as work:
        if work.accounts.find("account-1") is None:
            work.accounts.add(Account(id="account-1", created_at=at))
        work.bindings.insert_or_get(
            Binding(
                id="binding-1",
                account="account-1",
                home=Region.HONG_KONG,
                home_identity=home_subject("iam-smart", "the-one-person"),
                guangdong_identity=guangdong_account("tyrz", "the-one-person"),
                guangdong_version=None,
                level="urn:gba:acr:3",
                guangdong_level="urn:gba:acr:3",
                method=Method.COMPARED,
                reasons=(),
                evidence=None,
                consent="consent-of-the-binding",
                profile=Profile(home=Attributes()),
                bound_at=at,
            )
        )
        work.sessions.add(
            Session(
                id=session,
                browser=cookie_hash(BROWSER),
                account="account-1",
                home=Region.HONG_KONG,
                binding="binding-1",
                acr="urn:gba:acr:3",
                amr=("swk",),
                authenticated_at=at,
                created_at=at,
                seen_at=at,
            )
        )
        work.commit()
    return SignedIn(world=world, session=session, secret=secret)

"""The token keys of the key store, for the flow that rotates them."""

from collections.abc import Sequence
from datetime import timedelta

from gateway.flows.rotate_keys import RotateKeys
from gateway.oidc.key_rotation import RotationPolicy, SigningKey, State
from gateway.ports.clock import Clock
from gateway.ports.work import OpenWork
from gateway.settings import OidcSettings
from trust.custody.key_store import KeyStore
from trust.custody.stored_key import StoredKey
from trust.keys import key as custody
from trust.keys.key import Purpose

SIGN_FOR = timedelta(days=90)


class TokenKeys:
    """Implements gateway.flows.rotate_keys.SigningKeys."""

    def __init__(self, keys: KeyStore, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    def all(self) -> Sequence[SigningKey]:
        """Every token key, oldest first."""
        return tuple(_seen(key) for key in self._keys.keys() if key.purpose is Purpose.TOKEN)  # noqa: SIM118 - a store

    def make(self, algorithm: str, state: State) -> SigningKey:
        """A new key, kept in custody."""
        made = self._keys.generate(Purpose.TOKEN, algorithm, at=self._clock(), state=custody.State(state.value))
        return _seen(made)

    def move(self, kid: str, state: State) -> None:
        """Along its life. A key put away at once goes from wherever it is."""
        self._keys.set_state(kid, custody.State(state.value), at=self._clock())


def rotation(keys: KeyStore, settings: OidcSettings, *, open_work: OpenWork, clock: Clock) -> RotateKeys:
    """The flow, with the times that follow from the settings."""
    policy = RotationPolicy(
        publish_for=2 * settings.key_set_cache,
        sign_for=SIGN_FOR,
        check_for=max(settings.access_token_lifetime, settings.id_token_lifetime),
    )
    return RotateKeys(keys=TokenKeys(keys, clock), policy=policy, open_work=open_work, clock=clock)


def _seen(key: StoredKey) -> SigningKey:
    return SigningKey(
        kid=key.kid,
        algorithm=key.algorithm,
        state=State(key.state.value),
        created_at=key.created_at,
        since=key.since,
    )

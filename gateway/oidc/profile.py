"""The profiles that a client may be held to, and what each demands of it (FAPI 2.0, Message Signing)."""

from enum import StrEnum

from msgspec.structs import replace

from gateway.oidc.client import Client


class Profile(StrEnum):
    FAPI2 = "fapi2"  # pushed requests, tokens bound to a key
    MESSAGE_SIGNING = "fapi2-message-signing"  # and requests and responses signed
    OPENID = "openid"  # plain OpenID Connect: for clients that an operator marks so, and no others


def under(client: Client, profile: Profile) -> Client:
    """The client, with what its profile demands laid upon it; what it asked for beyond that stays."""
    if profile is Profile.OPENID:
        return replace(client, require_par=False)
    signing = profile is Profile.MESSAGE_SIGNING
    return replace(
        client,
        require_par=True,
        require_signed_request=client.require_signed_request or signing,
        require_signed_response=client.require_signed_response or signing,
    )

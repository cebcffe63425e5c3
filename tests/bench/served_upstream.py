"""What is served where sign-ins go through a platform: the product, its connector to Macau, that platform.

The platform is the one origin that the settings allow beside the others. Guangdong answers at once, as elsewhere here.
"""

from collections.abc import Mapping
from datetime import timedelta
from wsgiref.types import WSGIApplication

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy import clock, memory
from deploy.compose import create_app
from deploy.composing.world import World, new_token
from deploy.settings import load
from gateway.identity.region import Region as RegionCode
from gateway.ports.regions import Region
from gateway.regions.macau.adapter import Macau
from gateway.settings import MacauSettings
from tests.bench import regions
from tests.bench.platform import ACR, CLAIMS, CLIENT


def connect(world: World) -> Mapping[RegionCode, Region]:
    key = ec.generate_private_key(ec.SECP256R1())
    settings = MacauSettings(
        issuer=world.settings.egress.also_allowed[0],
        client_id=CLIENT,
        redirect_uri=f"{world.settings.public_url}/regions/MO/callback",
        signing_key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        claims=CLAIMS,
        methods={ACR: regions.METHODS[RegionCode.MACAU]},
        confirm_acr=ACR,
        keys_live=timedelta(hours=1),
    )
    macau = Macau(settings, egress=world.egress, clock=clock.now, new_token=new_token)
    return {**regions.connect(world), RegionCode.MACAU: macau}


def make() -> WSGIApplication:
    memory.share_arenas()
    made = create_app(load(), connect=connect)
    memory.settle()
    return made

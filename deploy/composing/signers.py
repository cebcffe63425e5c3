"""The platforms with which persons sign, behind trust's ports: iAM Smart's messages, and what is known of persons."""

import hashlib
from collections.abc import Mapping

from deploy import clock
from deploy.composing.residents import region_settings
from deploy.composing.seal_devices import secret
from deploy.composing.world import World, new_token
from gateway.frozen import Frozen
from gateway.identity.document import DocumentType
from gateway.identity.region import Region
from gateway.ports.work import OpenWork
from gateway.regions.hongkong import hash_signing, pdf_signing
from gateway.regions.hongkong.adapter import HongKong
from gateway.regions.hongkong.anonymous_signing import HASH, PDF, AnonymousSigning, NotSigned, hkic_hash
from trust.custody.cloud_signer import CloudSigner
from trust.custody.csc_service import CscPlace, CscService
from trust.documents.signing import Means, Question
from trust.errors import SigningFailed
from trust.pades.person_message import PersonMessages
from trust.ports.person_signing import Begun, Messages, PersonSigner, Wish
from trust.settings import CloudSigning

CALLBACK = "/signings/callback"


class IamSmartSigner(Frozen):
    """Signs as the platform's kind of signing has it: a PDF's digest, or the digest of attributes that we put a message
    round."""

    platform: AnonymousSigning
    messages: Messages

    @property
    def names_certificate(self) -> bool:
        """Hash signing tells the certificate when it is too late."""
        return self.platform.kind is PDF

    def begin(self, wish: Wish) -> Begun:
        """Ask the platform."""
        attributes = b"" if self.platform.kind is PDF else self.messages.attributes(wish.digest, None, "sha256_rsa")
        digest = hashlib.sha256(attributes).digest() if attributes else wish.digest
        try:
            asked = self.platform.begin(
                digest=digest,
                hkic_hash=wish.signer,
                state=wish.state,
                document=wish.document,
                department=wish.department,
                service=wish.service,
                browser=wish.browser,
                locale=wish.language,
            )
        except NotSigned as failed:
            raise SigningFailed(failed.reason) from None
        # the HKICHash is as good as the number itself, so it is not kept: what follows does not need it
        memory = {"business_id": asked.business_id, "digest": digest.hex(), "attributes": attributes.hex()}
        return Begun(question=Question(url=asked.url, code=asked.code), memory=memory)

    def send_again(self, _memory: Mapping[str, str]) -> None:
        """It sends none."""
        raise SigningFailed("signing_not_begun")

    def finish(self, memory: Mapping[str, str], answer: Mapping[str, str]) -> bytes:
        """The signed message."""
        digest, business_id = bytes.fromhex(memory["digest"]), memory["business_id"]
        try:
            told = self.platform.result(digest=digest, business_id=business_id, answer=answer)
            message = pdf_signing.read(told) if self.platform.kind is PDF else self._message(memory, told, digest)
        except NotSigned as failed:
            raise SigningFailed(failed.reason) from None
        self.platform.acknowledge(business_id)
        return message

    def _message(self, memory: Mapping[str, str], told: Mapping[str, object], digest: bytes) -> bytes:
        signed = hash_signing.read(told, digest)
        attributes = bytes.fromhex(memory["attributes"])
        return self.messages.message(attributes, signed.signature, chain=(signed.certificate,), algorithm="sha256_rsa")


class BoundPersons(Frozen):
    """Trust's KnownPersons port over the bindings: iAM Smart knows people by their card, eSignCloud by an account."""

    work: OpenWork

    def means(self, account: str) -> Mapping[Means, str]:
        """What people of this person's home sign with."""
        with self.work(write=False) as unit:
            bindings = unit.bindings.active_of(account)
        found: dict[Means, str] = {}
        for binding in bindings:
            if binding.home is Region.MACAU:
                found[Means.ESIGN_CLOUD] = ""
            for document in binding.profile.home.documents:
                if document.type is DocumentType.HKID:
                    found[Means.IAM_SMART] = hkic_hash(document.number)
        return found


def signers(world: World) -> dict[Means, PersonSigner]:
    """The platforms that these settings know."""
    redirect_uri = f"{world.settings.public_url}{CALLBACK}"
    found: dict[Means, PersonSigner] = {}
    if hongkong := region_settings(world.settings).hongkong:
        platform = AnonymousSigning(
            kind=PDF if hongkong.signing == "pdf" else HASH,
            ask=HongKong(hongkong, egress=world.egress, clock=clock.now).ask,
            settings=hongkong,
            redirect_uri=redirect_uri,
            new_id=lambda: new_token()[:36],
        )
        found[Means.IAM_SMART] = IamSmartSigner(platform=platform, messages=PersonMessages())
    if cloud := _cloud(world):
        place = CscPlace(
            service=cloud.service,
            client_id=cloud.client_id,
            client_secret=secret(cloud.client_secret, cloud.client_secret_file),
            token_url=cloud.token_url,
        )
        found[Means.ESIGN_CLOUD] = CloudSigner(
            CscService(place, world.egress, clock.now),
            PersonMessages(),
            redirect_uri=redirect_uri,
            authorize_url=cloud.authorize_url,
        )
    return found


def _cloud(world: World) -> CloudSigning | None:
    settings = world.settings
    if settings.trust.cloud_signing is None and settings.sandbox:
        from deploy.sandbox.signature_service import CLIENT, PATH, SECRET  # noqa: PLC0415 - production has none

        return CloudSigning(service=f"{settings.sandbox_url}{PATH}", client_id=CLIENT, client_secret=SECRET)
    return settings.trust.cloud_signing

"""The residents' flows: sign-in, binding, consent, sessions, over the regions that are connected."""

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from deploy import clock
from deploy.composing.audit_trail import QuickAuditTrail
from deploy.composing.provider_parts import ProviderParts
from deploy.composing.world import World, new_token
from deploy.reading import SettingsRefused
from deploy.settings import CHECKOUT, LANGUAGES, Settings
from deploy.signers import PairwiseKeys, ReceiptSigner
from gateway.flows import question_texts
from gateway.flows.close_account import CloseAccount
from gateway.flows.decide_review import Reviews
from gateway.flows.equipment import Equipment
from gateway.flows.find_client import FindClient
from gateway.flows.forget_consents import ForgetConsents
from gateway.flows.housekeeping import Housekeeping
from gateway.flows.my_consents import MyConsents
from gateway.flows.my_links import MyLinks
from gateway.flows.pairwise_subjects import PairwiseSubjects
from gateway.flows.person_steps import BeginSteps
from gateway.flows.release_claims import ReleaseClaims
from gateway.flows.sessions import ResidentSessions
from gateway.flows.sign_in import SignIns
from gateway.frozen import Frozen
from gateway.identity import verification
from gateway.identity.assurance import Level
from gateway.identity.check import CheckAsked, CheckPurpose, retention_days
from gateway.identity.notice import NoticeBroken
from gateway.identity.region import Region as RegionCode
from gateway.identity.transfer import TransferBasis
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer
from gateway.ports.regions import Region
from gateway.ports.work import OpenWork
from gateway.regions import registry
from gateway.regions.lanes import CheckInLane, InLane, Lanes
from gateway.regions.simplify import simplifier
from gateway.settings import FaceCheckSettings, RegionSettings
from gateway.storage.notices import NoticeFolder
from gateway.storage.unit_of_work import SqlWork

Connect = Callable[[World], Mapping[RegionCode, Region]]

NOTICES = CHECKOUT / "translations" / "notices"


class Residents(Frozen):
    """What the pages and the provider need of the residents' side."""

    sign_ins: SignIns
    steps: BeginSteps
    claims: ReleaseClaims
    subjects: PairwiseSubjects
    links: MyLinks
    close_account: CloseAccount
    consents: MyConsents
    sessions: ResidentSessions
    reviews: Reviews
    housekeeping: Housekeeping
    forget_consents: ForgetConsents


def open_work(world: World) -> SqlWork:
    """Units of work of the gateway; its audit entries go into trust's log, in the same transaction."""
    return SqlWork(world.engine, vault=world.vault, audit=QuickAuditTrail)


def pairwise_subjects(world: World, work: OpenWork) -> PairwiseSubjects:
    """Under which name an agency knows a person."""
    recheck = world.settings.oidc.client_recheck
    return PairwiseSubjects(keys=PairwiseKeys(world.keys), open_work=work, clock=clock.now, recheck=recheck)


def offer(settings: Settings) -> Offer:
    """What this provider offers."""
    mutual_tls = settings.oidc.mutual_tls
    return Offer(
        issuer=settings.public_url,
        trust_frameworks=tuple(one.trust_framework for one in vouchers(settings).values()),
        acr_values=tuple(level.acr for level in Level),
        scopes_of_both=frozenset(one.scope for one in settings.oidc.step_up),
        certificate_bound_tokens=mutual_tls.enabled,
        mutual_tls_url=mutual_tls.url if mutual_tls.enabled else "",
    )


def vouchers(settings: Settings) -> verification.Vouchers:
    """Whose word is told as verified, and under which name."""
    return verification.named(settings.residents.trust_frameworks)


def connect_regions(world: World) -> Mapping[RegionCode, Region]:
    """The connectors of the configured regions."""
    return registry.regions(region_settings(world.settings), egress=world.egress, clock=clock.now, new_token=new_token)


def residents(world: World, work: OpenWork, offered: Offer, *, connect: Connect = connect_regions) -> Residents:
    """Everything a person does."""
    settings = world.settings
    answering = ProviderParts.of(world, work, offered)
    pairwise_keys = PairwiseKeys(world.keys)
    subjects = pairwise_subjects(world, work)
    bases = transfer_bases(settings)
    lanes = Lanes.beside(settings.server.threads)
    check = registry.face_check(region_settings(settings), egress=world.egress, clock=clock.now, new_token=new_token)
    equipment = Equipment(
        open_work=work,
        clock=clock.now,
        new_token=new_token,
        regions={code: InLane(region=region, lanes=lanes) for code, region in connect(world).items()},
        face_check=None if check is None else CheckInLane(service=check, lanes=lanes),
        notices=NoticeFolder(NOTICES),
        issue=answering.issue_code(),
        refuse=answering.refuse(),
        subjects=subjects,
        pairwise_keys=pairwise_keys,
        simplify=simplifier(),
        settings=settings.residents,
        pages_url=settings.public_url,
        operator=operator(settings),
        purposes={purpose.code: purpose for purpose in check_purposes(settings)},
        transfer_bases=bases,
        find_client=FindClient(open_work=work, clock=clock.now, recheck=settings.oidc.client_recheck),
    )
    if settings.check_purposes:
        try_questions(equipment)
    return Residents(
        sign_ins=SignIns(equipment=equipment),
        steps=BeginSteps(equipment=equipment),
        claims=ReleaseClaims(
            open_work=work,
            clock=clock.now,
            transfer_bases=bases,
            vouchers=vouchers(settings),
        ),
        subjects=subjects,
        links=MyLinks(open_work=work, clock=clock.now),
        close_account=CloseAccount(open_work=work, clock=clock.now),
        consents=MyConsents(
            open_work=work,
            clock=clock.now,
            new_token=new_token,
            signer=ReceiptSigner(world.keys),
            issuer=offered.issuer,
        ),
        sessions=ResidentSessions(open_work=work, clock=clock.now, lifetime=equipment.lifetime),
        reviews=Reviews(open_work=work, clock=clock.now),
        forget_consents=ForgetConsents(open_work=work, clock=clock.now, memory=settings.residents.consent_memory),
        housekeeping=Housekeeping(open_work=work, clock=clock.now, settings=settings.residents),
    )


def region_settings(settings: Settings) -> RegionSettings:
    """The configured regions; in the sandbox, where none is configured, its simulators."""
    if settings.sandbox and settings.regions == RegionSettings():
        from deploy.sandbox.registration import registrations  # noqa: PLC0415 - production has none

        return registrations(settings.data_dir, settings.public_url, settings.sandbox_url)
    return settings.regions


def operator(settings: Settings) -> dict[str, dict[str, str]]:
    """The notices' parameters that say who runs this gateway."""
    names, phone = settings.operator.name, settings.operator.phone
    if settings.sandbox and not names:
        from deploy.sandbox.operator import NAMES, PHONE  # noqa: PLC0415 - production has none

        names, phone = NAMES, PHONE
    return {code: {"operator": names[code], "operator_phone": phone} for code in LANGUAGES}


def check_purposes(settings: Settings) -> tuple[CheckPurpose, ...]:
    """The configured purposes of biometric checks; in the sandbox its agency's. Each says for how long we keep what."""
    kept = retention_days(settings.residents.consent_memory.days)
    if settings.sandbox and not settings.check_purposes:
        from deploy.sandbox.agency.purpose import check_purpose  # noqa: PLC0415 - production has none

        return (replace(check_purpose(), retention_days=kept),)
    return tuple(
        CheckPurpose(
            code=purpose.code,
            notice=purpose.notice,
            agencies=purpose.agencies,
            impact_assessment=purpose.impact_assessment,
            necessity=purpose.necessity,
            parameters=purpose.parameters,
            service_item=purpose.service_item or None,
            retention_days=kept,
            parties=_who_compares(settings.regions.face_check),
        )
        for purpose in settings.check_purposes
    )


def try_questions(equipment: Equipment) -> None:
    """Fill each question of a check in once, in every language: an operator shall miss a word of it, not a person."""
    nobody = Client(id="", agency="", names={}, region=RegionCode.GUANGDONG.value, redirect_uris=())
    problems = []
    for code, purpose in equipment.purposes.items():
        asked = CheckAsked(application="", purpose=code)
        try:
            question_texts.check(
                equipment, client=nobody, asked=asked, purpose=purpose, home=RegionCode.HONG_KONG, language="en"
            )
        except NoticeBroken as broken:
            problems.append(f"check_purposes.{code}: {broken}, in one of the languages")
    if problems:
        raise SettingsRefused(problems)


def _who_compares(service: FaceCheckSettings | None) -> tuple[dict[str, str], ...]:
    """The party that a receipt names beside the agency."""
    return () if service is None else ({"party_id": service.issuer, "role": "processor", "name": service.service},)


def transfer_bases(settings: Settings) -> tuple[TransferBasis, ...]:
    """The configured grounds for transfers; in the sandbox its agency's."""
    if settings.sandbox and not settings.transfers:
        from deploy.sandbox.agency.purpose import transfer_bases as invented  # noqa: PLC0415 - production has none

        return invented()
    return tuple(
        TransferBasis(
            source=basis.source,
            destination=basis.destination,
            ground=basis.ground,
            reference=basis.reference,
            claims=basis.claims,
            valid_until=basis.valid_until,
        )
        for basis in settings.transfers
    )

"""One example of each stage of a sign-in, of records, links, consents and reports: what pages are shown with."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TypedDict

from msgspec.structs import replace

from gateway.flows import stage_view as stages
from gateway.flows.confirm_device import DeviceAsks
from gateway.flows.my_consents import ConsentDetail, ConsentLine
from gateway.flows.my_links import LinkLine
from gateway.identity.consent import Event, Kind, State
from gateway.identity.notice import Block, ShownNotice
from gateway.identity.region import HOMES, Region
from gateway.oidc.authorization_response import AuthorizationResponse
from gateway.oidc.client import Client
from pwa.ports import PublicRecord, SealedRecord, ToSign, TypedField

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
AGENCY: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hant": "前海登記局",
        "zh-Hans": "前海登记局",
        "en": "Qianhai Registry",
        "pt": "Registo de Qianhai",
    }
)
PURPOSE: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hant": "辦理居民登記證明",
        "zh-Hans": "办理居民登记证明",
        "en": "to issue a certificate of registration",
        "pt": "emitir um certificado de registo",
    }
)
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hant": "只會用你的一張照片與證件照片作一次比對，比對後即時刪除，只保留結果。你可以拒絕，收費和時限都一樣。",
        "zh-Hans": "只会用你的一张照片与证件照片作一次比对，比对后立即删除，只保留结果。你可以拒绝，收费和时限都一样。",
        "en": "One photo of you is compared once with the photo of your document, then deleted; only the result is "
        "kept. You can say no, at the same fee and with the same time limit.",
        "pt": "Uma fotografia sua é comparada uma vez com a do documento e logo apagada; só se guarda o resultado. "
        "Pode dizer não, com a mesma taxa e o mesmo prazo.",
    }
)
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "zh-Hant": "是否同意比對一次容貌？",
        "zh-Hans": "是否同意比对一次人脸？",
        "en": "May your face be compared once?",
        "pt": "Aceita uma comparação facial?",
    }
)
ANSWERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "zh-Hant": {"agree": "同意比對", "decline": "其他方式"},
        "zh-Hans": {"agree": "同意比对", "decline": "其他方式"},
        "en": {"agree": "Compare my face", "decline": "Use another way"},
        "pt": {"agree": "Aceito comparar", "decline": "Prefiro outra via"},
    }
)


class Shared(TypedDict):
    id: str
    asker: stages.Asker | None
    problem: str | None
    expires_at: datetime
    session_lasts: int


def notice(language: str, clauses: int = 15) -> ShownNotice:
    kinds = {1: "question", 9: "alternative", 14: "warning"}
    blocks = tuple(
        Block(id=f"n{number}", kind=kinds.get(number, "paragraph"), text=f"{number}. {SENTENCES[language]}")
        for number in range(1, clauses + 1)
    )
    return ShownNotice(
        id="check",
        version="1",
        effective_from=date(2026, 11, 1),
        language=language,
        binding_language="zh-Hans",
        languages=("zh-Hant", "zh-Hans", "en", "pt"),
        title=TITLES[language],
        blocks=blocks,
        answers={**ANSWERS[language], "other_way": ANSWERS[language]["decline"]},
        parameters={},
        text_sha256="sha256:" + "ab" * 32,
        text_set_sha256="sha256:" + "cd" * 32,
    )


def item(name: str, **other: object) -> stages.ClaimItem:
    facts: dict[str, object] = {
        "essential": True,
        "sensitive": False,
        "available": True,
        "source": "HK",
        "destination": "CN-44",
        "crosses_border": True,
        "basis": "gba_sc_hk",
        "chosen_before": None,
        "already_agreed": False,
        "refusal": None,
        **other,
    }
    return stages.ClaimItem(name=name, **facts)  # type: ignore[arg-type]  # facts are told apart by their names


def all_stages(language: str) -> dict[str, stages.StageView]:
    """Every stage by a name of its own, which is its id too."""
    asker = stages.Asker(client="qianhai", agency="qianhai", names=AGENCY, purpose=PURPOSE, region="CN-44")

    def shared(name: str, *, problem: str | None = None, asked: bool = True, lasts: int = 0) -> Shared:
        return {
            "id": name,
            "asker": asker if asked else None,
            "problem": problem,
            "expires_at": NOW + timedelta(minutes=30),
            "session_lasts": lasts,
        }

    answer = AuthorizationResponse(
        redirect_uri="https://agency.example/cb", mode="query", parameters=(("code", "c"), ("iss", "i"))
    )
    posted = AuthorizationResponse(
        redirect_uri="https://agency.example/cb", mode="form_post", parameters=(("code", "c"),)
    )
    home = Region.HONG_KONG
    found: tuple[stages.StageView, ...] = (
        stages.ChooseRegion(**shared("choose"), regions=HOMES, hint=None),
        stages.ChooseRegion(**shared("choose-again", problem="timed_out", asked=False), regions=HOMES, hint=home),
        stages.Away(**shared("away"), to="HK", url="https://region.example/"),
        stages.Waiting(**shared("waiting"), to="HK", poll_seconds=2.4, ready=False),
        stages.Link(**shared("link"), home=home),
        stages.Matched(
            **shared("matched"),
            home=home,
            reasons=("birth_date_equal", "sex_equal", "chinese_name_variant"),
            by_operator=False,
            kept=("home_identifier", "guangdong_identifier", "names", "birth_date", "level", "bound_at"),
            notice=notice(language, 5),
        ),
        stages.Mismatched(**shared("mismatched"), home=home, reasons=("sex_equal", "birth_date_differs")),
        stages.ToBeDecided(
            **shared("manual"),
            home=home,
            reasons=("chinese_name_ambiguous",),
            reference="K7QXM-2TD4R",
            opened_at=NOW,
            expires_at_review=NOW + timedelta(days=30),
        ),
        stages.StepUpNeeded(**shared("step-up", lasts=900), home=home, reached="urn:1", needed="urn:2"),
        stages.ClaimsQuestion(
            **shared("claims", lasts=900),
            items=(
                item("name"),
                item("birthdate"),
                item("gender", essential=False, chosen_before=True),
                item("travel_document", essential=False, sensitive=True, source="CN-44", crosses_border=False),
                item("chinese_name", already_agreed=True),
                item("home_document", refusal="no_transfer_basis"),
            ),
            notice=notice(language, 4),
        ),
        stages.CheckQuestion(
            **shared("check", lasts=900),
            record="r1",
            application="GD-2026-0042",
            purpose="certificate",
            notice=notice(language),
        ),
        stages.CheckAnswered(
            **shared("agreed", lasts=900), record="r1", agreed=True, way="face", home=home, application="GD-2026-0042"
        ),
        stages.CheckAnswered(
            **shared("other-way", lasts=900),
            record="r1",
            agreed=False,
            way="confirmation_at_home",
            home=home,
            application="GD-2026-0042",
        ),
        stages.Finished(**shared("finished"), answer=answer),
        stages.Finished(**shared("finished-post"), answer=posted),
        stages.Finished(**shared("finished-own", asked=False), answer=None),
        stages.Over(**shared("over"), reason="cancelled", answer=answer, restartable=False),
        stages.Over(**shared("expired"), reason="sign_in_expired", answer=None, restartable=True),
    )
    return {stage.id: stage for stage in found}


RECORDS = (
    SealedRecord(
        id="d1",
        title="居民登記證明 㗎 𠮷",
        agency=AGENCY,
        issued_at=NOW,
        sha256="sha256:" + "0123456789abcdef" * 4,
        pages=3,
        code="K7QXM2TD4RWB9H3C",
    ),
    SealedRecord(
        id="d2",
        title="Certificate <b>of</b> residence",
        agency=AGENCY,
        issued_at=NOW - timedelta(days=400),
        sha256="sha256:" + "ef" * 32,
        pages=None,
        code="AAAA2222BBBB3333",
    ),
)
PUBLIC = PublicRecord(agency=AGENCY, issued_at=NOW, sha256=RECORDS[0].sha256)

_WAITS = ToSign(
    id="s1",
    title="Tenancy agreement <i>for</i> 前海 㗎",
    agency=AGENCY,
    means="iam_smart",
    state="waiting",
    reason="cancelled",
    sha256="0123456789abcdef" * 4,
    asked_on=NOW,
    until=NOW + timedelta(days=7),
    minutes=10080,
    names_account=False,
    back="https://agency.example/signed?signing=s1",
)
TO_SIGN = (
    _WAITS,
    replace(
        _WAITS,
        id="s2",
        state="asked",
        reason="",
        minutes=9,
        code="4711",
        url="https://region.example/hk?ticketID=1",
    ),
    replace(
        _WAITS,
        id="s3",
        means="esign_cloud",
        state="asked",
        reason="",
        minutes=9,
        names_account=True,
        typed=(TypedField(one_time=False, numeric=True), TypedField(one_time=True, numeric=True)),
        holder="SOU, Ka Man",
        tries=3,
        sends=2,
    ),
    replace(_WAITS, id="s4", state="signed", reason="", back="https://agency.example/signed?signing=s4"),
    replace(_WAITS, id="s5", means="esign_cloud", state="expired", reason="", back=""),
    replace(_WAITS, id="s6", means="esign_cloud", reason="codes_used_up", names_account=True),
)

REPORTS: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "PASSED": {
            "file": "record.pdf",
            "verdict": "PASSED",
            "reason": "valid",
            "sha256": "0123456789abcdef" * 4,
            "at": "2026-11-21T08:30:00Z",
            "policy": "gba-1",
            "trust_snapshot": "sha256:" + "12" * 32,
            "signatures": [
                {
                    "signer": "Qianhai Registry",
                    "territory": "CN-44",
                    "level": "B-LTA",
                    "signing_time": "2026-11-20T02:00:00Z",
                    "signing_time_source": "signature_timestamp",
                    "coverage": "whole file",
                    "modifications": "validation_data",
                    "verdict": "PASSED",
                    "reason": "valid",
                    "mutual_recognition": {
                        "territory": "CN-44",
                        "conclusion": "not_recognised",
                        "conditions": [
                            {"condition": "root", "outcome": "met", "reason": None},
                            {"condition": "policy", "outcome": "not_met", "reason": "other_policy"},
                        ],
                    },
                }
            ],
            "findings": ["xref:xref_malformed", "bytes_after_end", "bytes_after_end"],
            "trust_lists": [
                {
                    "territory": "CN-44",
                    "state": "current",
                    "reason": None,
                    "sequence": 7,
                    "list": "sha256:" + "34" * 32,
                },
                {"territory": "MO", "state": "expired", "reason": None, "sequence": 2, "list": "sha256:" + "56" * 32},
            ],
        },
        "FAILED": {
            "file": "changed.pdf",
            "verdict": "FAILED",
            "reason": "HASH_FAILURE",
            "signatures": [{"signer": "X", "verdict": "FAILED", "reason": "HASH_FAILURE", "modifications": "other"}],
            "attack_kinds": ["incremental_saving", "certification", "of_tomorrow"],
        },
        "INDETERMINATE": {"file": "text.pdf", "verdict": "INDETERMINATE", "reason": "not_a_pdf", "signatures": []},
    }
)


LINKS = (
    LinkLine(
        id="b1",
        home=Region.HONG_KONG,
        bound_at=NOW,
        method="compared",
        reasons=("birth_date_equal", "sex_equal"),
        kept=("home_identifier", "names", "birth_date"),
        consent="c1",
        ended_at=None,
        ended=None,
    ),
    LinkLine(
        id="b0",
        home=Region.MACAU,
        bound_at=NOW - timedelta(days=90),
        method="compared",
        reasons=("document_number_equal",),
        kept=(),
        consent="c0",
        ended_at=NOW,
        ended="superseded",
    ),
)
DEVICE_ASKS = DeviceAsks(
    user_code="WDJB-MJHT",
    asker=stages.Asker(client="qianhai", agency="qianhai", names=AGENCY, purpose=PURPOSE, region="CN-44"),
    place="粤智助 · 前海 e 站通服务中心",
    asked_at=NOW,
    expires_at=NOW + timedelta(minutes=10),
)
CLIENT = Client(id="qianhai", agency="qianhai", names=AGENCY, region="CN-44", redirect_uris=())


def consent_details(language: str) -> tuple[ConsentDetail, ...]:
    """In force, withdrawn, and not answered."""

    def line(record: str, kind: Kind, state: State, *, withdrawable: bool = False) -> ConsentLine:
        return ConsentLine(
            id=record,
            kind=kind,
            state=state,
            asked_at=NOW,
            valid_until=NOW + timedelta(days=365),
            items=("name",),
            agency=None if kind is Kind.BINDING else CLIENT,
            withdrawable=withdrawable,
        )

    def event(seq: int, state: State) -> Event:
        return Event(seq=seq, state=state, at=NOW + timedelta(minutes=seq), by="person", prev_hash="", hash="")

    begun = (event(1, State.REQUESTED), event(2, State.GIVEN))
    return (
        ConsentDetail(
            line=line("c1", Kind.BINDING, State.GIVEN, withdrawable=True), notice=notice(language, 4), events=begun
        ),
        ConsentDetail(
            line=line("c2", Kind.CHECK, State.WITHDRAWN),
            notice=notice(language),
            events=(*begun, event(3, State.WITHDRAWN)),
        ),
        ConsentDetail(line=line("c3", Kind.CLAIMS, State.REQUESTED), notice=notice(language, 4), events=begun[:1]),
    )

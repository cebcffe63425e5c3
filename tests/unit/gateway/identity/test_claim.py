"""Claims: which a request asks for, and what is known of them."""

from datetime import date

from gateway.identity.assertion import Attributes, ChineseName, Sex
from gateway.identity.binding import Profile
from gateway.identity.claim import CLAIMS, SCOPE_CLAIMS, requested, values
from gateway.identity.document import Document, DocumentType

KEPT = Profile(
    home=Attributes(
        documents=(Document(type=DocumentType.HKID, number="A1234563"),),
        birth_date=date(1990, 1, 2),
        sex=Sex.FEMALE,
        chinese_name=ChineseName(text="陳大文", verified=True),
        latin_name="CHAN TAI MAN",
    ),
    travel_document=Document(type=DocumentType.HOME_RETURN_PERMIT, number="H12345678"),
)
ALL = frozenset(SCOPE_CLAIMS)


def test_a_scope_asks_for_its_claims_and_none_is_essential() -> None:
    asked = requested(("openid", "profile"), {}, allowed=ALL)
    assert asked == dict.fromkeys(SCOPE_CLAIMS["profile"], False)


def test_claims_by_name_say_whether_they_are_essential_in_either_place() -> None:
    wishes = {"userinfo": {"name": {}}, "id_token": {"name": {"essential": True}, "birthdate": None}}
    assert requested((), wishes, allowed=ALL) == {"name": True, "birthdate": False}  # type: ignore[arg-type]


def test_what_is_unknown_or_not_the_clients_is_left_out() -> None:
    wishes = {"userinfo": {"shoe_size": {"essential": True}, "home_document": {"essential": True}}}
    assert requested(("travel_document",), wishes, allowed=frozenset({"profile"})) == {}


def test_values_have_the_forms_of_the_standard() -> None:
    assert values(KEPT, CLAIMS) == {
        "name": "CHAN TAI MAN",
        "chinese_name": "陳大文",
        "birthdate": "1990-01-02",
        "gender": "female",
        "travel_document": {"type": "hmt_permit", "number": "H12345678"},
        "home_document": {"type": "hkid", "number": "A1234563"},
    }


def test_what_is_not_known_is_left_out() -> None:
    assert values(Profile(home=Attributes()), CLAIMS) == {}


def test_a_kept_profile_prints_nothing() -> None:
    assert not any(value in repr(KEPT) for value in ("A1234563", "H12345678", "陳大文", "CHAN", "1990"))

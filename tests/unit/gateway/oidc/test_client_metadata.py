"""Which metadata are read, in which form, and which are refused by name rather than passed over."""

from typing import Any

import pytest

from gateway.errors import RequestRefused
from gateway.oidc.client_metadata import About, ClientMetadata, is_plain, read

LOCALES = ("en", "zh-Hant", "zh-Hans", "pt")
URI = "https://ferry.example/x"


def refusal(**told: Any) -> tuple[str, str] | None:
    try:
        read(told, locales=LOCALES)
    except RequestRefused as refused:
        return refused.reason, str(refused.code)
    return None


MALFORMED = ("client_metadata_malformed", "invalid_client_metadata")

NOT_OFFERED: dict[str, tuple[Any, str]] = {
    **{
        f"{answer}_encrypted_response_{part}": ("A256GCM", "encryption_not_offered")
        for answer in ("id_token", "userinfo", "introspection", "authorization")
        for part in ("alg", "enc")
    },
    "request_object_encryption_alg": ("RSA-OAEP", "encryption_not_offered"),
    "request_object_encryption_enc": ("A256GCM", "encryption_not_offered"),
    "sector_identifier_uri": (URI, "sector_is_the_agency"),
    "request_uris": ([URI], "request_uris_not_offered"),
    "client_secret": ("s", "client_secret_refused"),
}


@pytest.mark.parametrize("name", NOT_OFFERED)
def test_a_protection_that_nobody_gets_is_refused_by_name(name: str) -> None:
    value, reason = NOT_OFFERED[name]
    assert refusal(**{name: value}) == (reason, "invalid_client_metadata")


def test_a_statement_about_the_software_is_believed_from_nobody() -> None:
    assert refusal(software_statement="a.b.c") == ("software_statement_refused", "unapproved_software_statement")


TEXTS = (
    "application_type", "subject_type", "token_endpoint_auth_method", "id_token_signed_response_alg",
    "userinfo_signed_response_alg", "authorization_signed_response_alg", "introspection_signed_response_alg",
)  # fmt: skip
SEVERAL_TEXTS = ("grant_types", "response_types", "authorization_details_types")
FLAGS = (
    "backchannel_logout_session_required", "require_signed_request_object", "require_pushed_authorization_requests",
    "dpop_bound_access_tokens", "tls_client_certificate_bound_access_tokens",
)  # fmt: skip
URIS, SEVERAL_URIS = ("backchannel_logout_uri", "jwks_uri"), ("redirect_uris", "post_logout_redirect_uris")
OF_THE_PARTNER = ("client_uri", "logo_uri", "policy_uri", "tos_uri")
OF_THE_SOFTWARE = (
    "software_id", "software_version", "token_endpoint_auth_signing_alg", "request_object_signing_alg",
)  # fmt: skip


def test_what_is_said_in_its_form_is_read_and_what_is_not_said_or_null_is_silent() -> None:
    told: dict[str, Any] = {name: f"{name}-1" for name in TEXTS}
    told |= {name: (f"{name}-1", f"{name}-2") for name in SEVERAL_TEXTS} | dict.fromkeys(FLAGS, True)
    told |= dict.fromkeys(URIS, URI) | dict.fromkeys(SEVERAL_URIS, (URI,))
    told |= {"scope": "openid", "jwks": {"keys": []}}
    about: dict[str, Any] = {name: f"{URI}/{name}" for name in OF_THE_PARTNER}
    about |= {name: f"{name}-1" for name in OF_THE_SOFTWARE} | {"contacts": ("desk",)}
    laid = {name: list(value) if isinstance(value, tuple) else value for name, value in (told | about).items()}
    found = read({**laid, "unheard_of": 1}, locales=LOCALES)
    assert found == ClientMetadata(**told, about=About(**about))
    assert read(dict.fromkeys([*told, *about, "client_name"]), locales=LOCALES) == ClientMetadata()
    assert read({}, locales=LOCALES) == ClientMetadata()


@pytest.mark.parametrize("name", [*TEXTS, *OF_THE_SOFTWARE])
@pytest.mark.parametrize("value", ["", " ES256", 7, True, ["ES256"], {}, "x" * 201])
def test_a_word_is_a_short_plain_text(name: str, value: Any) -> None:
    assert refusal(**{name: value}) == MALFORMED
    assert refusal(**{name: "x" * 200}) is None


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("value", ["true", 1, 0, [], {}])
def test_a_flag_is_true_or_false(name: str, value: Any) -> None:
    assert refusal(**{name: value}) == MALFORMED


@pytest.mark.parametrize("name", [*URIS, *OF_THE_PARTNER])
@pytest.mark.parametrize("value", ["", 7, [URI], URI + "x" * 500])
def test_an_address_is_one_text_of_some_length(name: str, value: Any) -> None:
    assert refusal(**{name: value}) == MALFORMED
    assert refusal(**{name: URI.ljust(500, "x")}) is None


@pytest.mark.parametrize("name", OF_THE_PARTNER)
@pytest.mark.parametrize("value", ["http://ferry.example", "httpsx://ferry.example", "javascript:alert(1)"])
def test_what_people_are_sent_to_is_encrypted(name: str, value: str) -> None:
    assert refusal(**{name: value}) == MALFORMED


@pytest.mark.parametrize("name", [*SEVERAL_TEXTS, *SEVERAL_URIS, "contacts"])
@pytest.mark.parametrize("value", ["code", {}, [7], [""], ["a", "a"], [f"https://{n}.example" for n in range(41)]])
def test_several_are_a_list_without_repetition_and_with_an_end(name: str, value: Any) -> None:
    code = "invalid_redirect_uri" if name == "redirect_uris" else "invalid_client_metadata"
    assert refusal(**{name: value}) == ("client_metadata_malformed", code)
    assert refusal(**{name: [f"https://{number}.example" for number in range(40)]}) is None


@pytest.mark.parametrize(("name", "value"), [("scope", 7), ("scope", "x" * 1001), ("jwks", []), ("jwks", "keys")])
def test_scopes_are_a_text_and_keys_an_object(name: str, value: Any) -> None:
    assert refusal(**{name: value}) == MALFORMED
    assert refusal(scope="x" * 1000) is None


UNSEEN = {
    "control": "\x07",
    "line": "\n",
    "soft hyphen": "\u00ad",
    "turns around": "\u202e",
    "half a pair": "\ud800",
    "private": "\ue000",
    "unassigned": "\u0378",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
}


@pytest.mark.parametrize("what", UNSEEN)
def test_a_text_hides_nothing(what: str) -> None:
    assert not is_plain(f"Fer{UNSEEN[what]}ry")
    assert refusal(client_name=f"Fer{UNSEEN[what]}ry") == MALFORMED


@pytest.mark.parametrize("text", ["", " ", " Ferry", "Ferry ", "x" * 201])
def test_a_name_is_neither_empty_padded_nor_endless(text: str) -> None:
    assert not is_plain(text)


@pytest.mark.parametrize("text", ["x", "x" * 200, "渡輪 (澳門)", "Açoreana & Filhos, Lda."])
def test_a_name_may_be_in_any_language(text: str) -> None:
    assert is_plain(text)


def names(**told: str) -> dict[str, str]:
    laid = {f"client_name#{tag.replace('_', '-')}" if tag else "client_name": name for tag, name in told.items()}
    return dict(read(laid, locales=LOCALES).names)


def test_a_name_is_taken_for_each_language_that_pages_are_in() -> None:
    assert names(PT="Barco", zh_hant="渡輪", zh_Hans_CN="渡轮", fr="Bac") == {
        "pt": "Barco",
        "zh-Hant": "渡輪",
        "zh-Hans": "渡轮",
    }
    assert names(ptx="Barco", zh="渡輪") == {}  # a tag that begins alike is of another language
    assert names(pt_PT="Barca", pt="Barco") == {"pt": "Barco"}  # the plainest counts, wherever it stands


def test_the_name_without_a_language_is_english_unless_another_is() -> None:
    assert read({"client_name": "Ferry"}, locales=LOCALES).names == {"en": "Ferry"}
    both = {"client_name": "Barco", "client_name#en": "Ferry"}
    assert read(both, locales=LOCALES).names == {"en": "Ferry"}


def test_of_endless_names_the_first_are_read() -> None:
    endless = {f"client_name#x{number:05}": "x" for number in range(160)}
    assert read({**endless, "client_name#pt-BR": "Barco"}, locales=LOCALES).names == {"pt": "Barco"}
    assert read({**endless, "client_name#pt-Latn-BR": "Barco"}, locales=LOCALES).names == {}

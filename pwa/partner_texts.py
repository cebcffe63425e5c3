"""What the refusals mean that partners get when they register, and when they look at their own page."""

from collections.abc import Mapping

from pwa.catalogues import marked as _
from pwa.problem_texts import REQUEST, Problem

METADATA = Problem(
    title=_("The client cannot be registered like this"),
    text=_(
        "A part of its metadata is missing, has the wrong form, or is not offered here. The reason in the answer names "
        "it; the discovery document says what is offered."
    ),
)
REACH = Problem(
    title=_("This goes beyond the invitation"),
    text=_("The operator invited less than the registration asks for. Ask for less, or for another invitation."),
)
INVITATION = Problem(
    title=_("The invitation does not hold"),
    text=_("It is unknown, used up, withdrawn or over. The operator can make a new one."),
)
REGISTRATION_TOKEN = Problem(
    title=_("This token does not manage the client"),
    text=_("A registration access token serves for its own client alone, and each change brings a new one."),
)
SIGNED_REQUEST = Problem(
    title=_("The request to be registered does not hold"),
    text=_(
        "It must be signed with the one key that it brings, be meant for us, be fresh, and say who asks, for what "
        "purpose and on which legal basis. The reason in the answer names what is missing."
    ),
)
NO_SUCH_REQUEST = Problem(
    title=_("There is no such request"),
    text=_("The reference may be mistyped. Requests are kept for ninety days."),
    way_on="/partners",
)
DECIDED = Problem(
    title=_("This request was decided already"),
    text=_("A decision stands. Who wants something else asks anew."),
    way_on="/partners",
)
LINK = Problem(
    title=_("This link is over"),
    text=_("It works once, and for five minutes. Get a new one in the same way as this."),
    way_on="/partners",
)

ALIKE: tuple[tuple[Problem, str], ...] = (
    (
        METADATA,
        (
            "answer_algorithm_not_offered application_type_not_offered auth_algorithm_not_offered "
            "auth_method_not_offered auth_method_unknown backchannel_logout_uri_malformed check_without_purpose "
            "certificates_missing client_id_malformed "
            "client_id_of_another client_metadata_malformed content_type_other_than_json detail_type_unknown "
            "encryption_not_offered event_unknown events_uri_malformed events_without_address exchange_without_targets "
            "keys_not_admitted keys_twice "
            "metadata_not_the_clients_to_say mutual_tls_not_configured names_missing par_cannot_be_lifted "
            "redirect_uri_malformed refresh_without_offline_access request_uris_not_offered "
            "requests_per_minute_not_positive response_type_not_offered scope_unknown sector_is_the_agency "
            "software_statement_refused subject_type_not_offered tokens_must_be_bound tokens_not_bound "
            "userinfo_algorithm_not_offered"
        ),
    ),
    (
        REACH,
        (
            "agency_missing agency_not_invited detail_type_not_invited grant_type_not_invited host_malformed "
            "host_missing host_not_invited lifetime_out_of_bounds scope_not_invited uses_out_of_bounds"
        ),
    ),
    (INVITATION, "invitation_over invitation_unknown"),
    (REGISTRATION_TOKEN, "registration_token_unknown"),
    (
        SIGNED_REQUEST,
        (
            "contact_missing content_type_other_than_jwt legal_basis_missing organisation_missing purpose_missing "
            "region_not_served registration_request_expired registration_request_for_another_audience "
            "registration_request_from_the_future registration_request_lives_too_long "
            "registration_request_of_another_kind registration_request_replayed registration_request_without_jti "
            "request_needs_one_key"
        ),
    ),
    (NO_SUCH_REQUEST, "registration_request_unknown"),
    (DECIDED, "ground_unknown registration_request_decided"),
    (LINK, "partner_link_over"),
    (REQUEST, "limit_malformed"),
)

PARTNERS: Mapping[str, Problem] = {reason: problem for problem, reasons in ALIKE for reason in reasons.split()}

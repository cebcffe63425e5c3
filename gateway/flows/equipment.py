"""What every step of a sign-in works with: ports and configured values. Of people it remembers nothing."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

from msgspec import field

from gateway.flows.find_client import FindClient
from gateway.flows.issue_code import IssueCode, Refuse
from gateway.flows.remembered import Remembered
from gateway.frozen import Frozen, Hidden
from gateway.identity.assurance import DEFAULT_METHODS, Methods
from gateway.identity.check import CheckPurpose
from gateway.identity.claims_choice import Weighed
from gateway.identity.notice import ShownNotice
from gateway.identity.person_name import Simplify
from gateway.identity.region import HOMES
from gateway.identity.region import Region as RegionCode
from gateway.identity.session import Lifetime
from gateway.identity.transfer import TransferBasis
from gateway.oidc.client import Client
from gateway.ports.claims import PairwiseKeys, Subjects
from gateway.ports.clock import Clock
from gateway.ports.notices import Notices
from gateway.ports.regions import FaceCheck, Region
from gateway.ports.tokens import NewToken
from gateway.ports.work import OpenWork, Work
from gateway.settings import ResidentSettings


class Equipment(Frozen):
    """`operator` says in each language who runs the gateway and how to reach it: parameters of every notice.

    `pages_url` is where the PWA's pages lie, for the withdrawal address in consent records.
    """

    open_work: OpenWork
    clock: Clock
    new_token: NewToken
    regions: Mapping[RegionCode, Region]
    face_check: FaceCheck | None
    notices: Notices
    issue: IssueCode
    refuse: Refuse
    subjects: Subjects
    pairwise_keys: PairwiseKeys
    simplify: Simplify
    settings: ResidentSettings
    pages_url: str
    operator: Mapping[str, Mapping[str, str]]
    purposes: Mapping[str, CheckPurpose] = field(default_factory=dict)
    transfer_bases: tuple[TransferBasis, ...] = ()
    find_client: FindClient | None = None  # remembers clients for a moment; None: storage is asked each time
    methods: Methods = field(default_factory=lambda: DEFAULT_METHODS)
    # an agency asks all its visitors in the same words: texts by everything that stands in them (question_texts)
    shown: Hidden[Remembered[object, ShownNotice]] = field(default_factory=lambda: Remembered(256))

    # what the law and a person's last word make of the claims asked for, by all that it rests on; until when it does
    weighed: Hidden[Remembered[object, tuple[datetime, Weighed]]] = field(default_factory=lambda: Remembered(300))

    @property
    def lifetime(self) -> Lifetime:
        """How long a session lasts."""
        return Lifetime(idle=self.settings.session_idle, absolute=self.settings.session_lifetime)

    @property
    def homes(self) -> tuple[RegionCode, ...]:
        """The homes that are connected, in the order in which they are shown."""
        return tuple(code for code in HOMES if code in self.regions)

    def client(self, work: Work, name: str) -> Client | None:
        """A client, disabled or not."""
        if self.find_client is None:
            return work.clients.find(name)
        known = self.find_client.known(name)
        return None if known is None else known.client

    def now(self) -> datetime:
        return self.clock()


def cookie_hash(value: str) -> str:
    """What is stored of a cookie's value: enough to recognise it, useless to present."""
    return hashlib.sha256(value.encode()).hexdigest()

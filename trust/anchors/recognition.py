"""Whether a certificate is mutually recognised: five conditions, each answered by itself, as of the signing time.

The recipe is the one that Hong Kong's Digital Policy Office publishes with each line of its list, under the
Guangdong-Hong Kong arrangement of 2012 (粤府〔2012〕82号): only where all five hold may a certificate be
considered mutually recognised. What cannot be looked at is said to be unchecked, with the reason; it is never counted
for or against.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from trust.anchors import certificate as certificates
from trust.anchors.trust_list import Recognition, Service, Standing, TrustList
from trust.frozen import Frozen, Hidden


class Outcome(StrEnum):
    """What came of looking at one condition."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_CHECKED = "not_checked"


class Conclusion(StrEnum):
    """What came of all of them."""

    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"
    NOT_LISTED = "not_listed"  # its territory's list names no mutual recognition at all
    NOT_CHECKED = "not_checked"


class Condition(Frozen):
    """One condition's outcome; the reason is a slug, empty where it is met."""

    name: str
    outcome: Outcome
    reason: str = ""


class MutualRecognition(Frozen):
    """The answer about one certificate at one moment."""

    territory: str
    conclusion: Conclusion
    reason: str = ""
    scheme: str = ""
    entry: str = ""  # of the issuing authority in the list
    certificate_type: str = ""
    at: datetime
    list_digest: str = ""
    conditions: tuple[Condition, ...] = ()


class Line(Frozen):
    """One recognition in its list: the issuing authority's service and its root's."""

    listed: TrustList
    service: Service
    recognition: Recognition

    @property
    def root(self) -> Service | None:
        """The root that the recognition names."""
        return self.listed.service(self.recognition.root)


class Subject(Frozen):
    """What is looked at: a certification path, and the moment of signing."""

    path: Hidden[tuple[bytes, ...]]  # leaf first, the anchor last
    leaf: Hidden[x509.Certificate]
    at: datetime


def _period(line: Line, subject: Subject) -> Condition:
    name = "recognition_period"
    if subject.at < line.recognition.since:
        return Condition(name=name, outcome=Outcome.NOT_MET, reason="before_recognition")
    if not line.recognition.covers(subject.at):
        return Condition(name=name, outcome=Outcome.NOT_MET, reason="after_recognition")
    if not line.service.stands(subject.at):
        return Condition(name=name, outcome=Outcome.NOT_MET, reason="service_not_in_force")
    return Condition(name=name, outcome=Outcome.MET)


def _root(line: Line, subject: Subject) -> Condition:
    root = line.root
    if root is None or not root.certificates:
        return Condition(name="root", outcome=Outcome.NOT_CHECKED, reason="certificate_not_supplied")
    if len(subject.path) < 2:
        return Condition(name="root", outcome=Outcome.NOT_CHECKED, reason="path_unknown")
    if not root.stands(subject.at):
        return Condition(name="root", outcome=Outcome.NOT_MET, reason="service_not_in_force")
    # a path may end at the issuing authority where that is the anchor; then the root must have signed it
    last = subject.path[-1]
    if last in root.certificates or any(certificates.issued(last, der) for der in root.certificates):
        return Condition(name="root", outcome=Outcome.MET)
    return Condition(name="root", outcome=Outcome.NOT_MET, reason="other_root")


def _signing_ca(line: Line, subject: Subject) -> Condition:
    name = "signing_ca"
    if not line.service.certificates:
        return Condition(name=name, outcome=Outcome.NOT_CHECKED, reason="certificate_not_supplied")
    if any(certificates.issued(subject.path[0], der) for der in line.service.certificates):
        return Condition(name=name, outcome=Outcome.MET)
    return Condition(name=name, outcome=Outcome.NOT_MET, reason="other_signing_ca")


def _type(line: Line, subject: Subject) -> Condition:
    name = "certificate_type"
    if line.recognition.certificate_type in certificates.type_names(subject.leaf):
        return Condition(name=name, outcome=Outcome.MET)
    return Condition(name=name, outcome=Outcome.NOT_MET, reason="other_type")


def _policy(line: Line, subject: Subject) -> Condition:
    name = "policy"
    asserted = certificates.policies(subject.leaf)
    if not asserted:
        return Condition(name=name, outcome=Outcome.NOT_MET, reason="no_policy")
    if any(fits_policy(line.recognition, oid) for oid in asserted):
        return Condition(name=name, outcome=Outcome.MET)
    return Condition(name=name, outcome=Outcome.NOT_MET, reason="other_policy")


CONDITIONS: dict[str, Callable[[Line, Subject], Condition]] = {
    "recognition_period": _period,
    "root": _root,
    "signing_ca": _signing_ca,
    "certificate_type": _type,
    "policy": _policy,
}


def fits_policy(recognition: Recognition, oid: str) -> bool:
    """Whether a policy is the recognised one: exactly, or its prefix followed by as many nodes as a version has."""
    if recognition.policy_exact:
        return oid == recognition.policy_exact
    rest = oid.removeprefix(recognition.policy_prefix + ".")
    return rest != oid and rest.count(".") == recognition.version_nodes - 1


def assess(
    path: Sequence[bytes],
    *,
    territory: str,
    at: datetime,
    lists: Iterable[TrustList],
    standings: Iterable[Standing],
) -> MutualRecognition:
    """The answer about a path (leaf first) of a territory's authority for a signature made at a moment.

    `standings` say how the lists stand when this is asked; a list that is not current answers nothing.
    """
    stands = next((each for each in standings if each.territory == territory), None)
    listed = next((each for each in lists if each.territory == territory), None)
    if stands is None or not stands.usable or listed is None:
        return _unchecked(territory, at, "list_missing" if stands is None else f"list_{stands.state}")
    lines = [
        Line(listed=listed, service=service, recognition=recognition)
        for service in listed.services()
        for recognition in service.recognitions
    ]
    if not lines:
        return MutualRecognition(
            territory=territory,
            conclusion=Conclusion.NOT_LISTED,
            reason="no_mutual_recognition_listed",
            at=at,
            list_digest=listed.digest,
        )
    leaf = certificates.load(path[0]) if path else None
    if leaf is None:
        return _unchecked(territory, at, "certificate_unreadable", listed.digest)
    subject = Subject(path=tuple(path), leaf=leaf, at=at)
    return max((_answer(line, subject) for line in lines), key=_closeness)


def _unchecked(territory: str, at: datetime, reason: str, digest: str = "") -> MutualRecognition:
    """Nothing could be looked at, for one reason."""
    return MutualRecognition(
        territory=territory,
        conclusion=Conclusion.NOT_CHECKED,
        reason=reason,
        at=at,
        list_digest=digest,
        conditions=tuple(Condition(name=name, outcome=Outcome.NOT_CHECKED, reason=reason) for name in CONDITIONS),
    )


def _answer(line: Line, subject: Subject) -> MutualRecognition:
    conditions = tuple(ask(line, subject) for ask in CONDITIONS.values())
    outcomes = {condition.outcome for condition in conditions}
    if outcomes == {Outcome.MET}:
        conclusion = Conclusion.RECOGNISED
    elif Outcome.NOT_MET in outcomes:
        conclusion = Conclusion.NOT_RECOGNISED
    else:
        conclusion = Conclusion.NOT_CHECKED
    wanting = Outcome.NOT_MET if conclusion is Conclusion.NOT_RECOGNISED else Outcome.NOT_CHECKED
    return MutualRecognition(
        territory=line.listed.territory,
        conclusion=conclusion,
        reason=next((condition.reason for condition in conditions if condition.outcome is wanting), ""),
        scheme=line.recognition.scheme,
        entry=line.service.id,
        certificate_type=line.recognition.certificate_type,
        at=subject.at,
        list_digest=line.listed.digest,
        conditions=conditions,
    )


def _closeness(answer: MutualRecognition) -> tuple[bool, bool, int, int]:
    """The line that decides: one that recognises; else one that is open; else the one that comes nearest."""
    met = sum(condition.outcome is Outcome.MET for condition in answer.conditions)
    by_key = any(c.name == "signing_ca" and c.outcome is Outcome.MET for c in answer.conditions)
    return (
        answer.conclusion is Conclusion.RECOGNISED,
        answer.conclusion is Conclusion.NOT_CHECKED,
        met + by_key,
        -sum(condition.outcome is Outcome.NOT_MET for condition in answer.conditions),
    )

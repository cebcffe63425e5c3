"""What changed between two issues of the trust lists, entry by entry, for the person who reviews it."""

from collections.abc import Iterable, Mapping

from msgspec.structs import asdict

from trust.anchors.trust_list import Recognition, Scheme, Service, TrustList, digest_of
from trust.frozen import Frozen


class Difference(Frozen):
    """One fact that differs; before or after is empty where it was not there."""

    territory: str
    entry: str  # empty for the list itself
    what: str
    before: str = ""
    after: str = ""


def between(before: Iterable[TrustList], after: Iterable[TrustList]) -> tuple[Difference, ...]:
    """Every difference, by territory and entry; numbers and dates of issue are none."""
    old, new = ({found.territory: found for found in each} for each in (before, after))
    found: list[Difference] = []
    for territory in sorted({*old, *new}):
        if territory not in new:
            found.append(Difference(territory=territory, entry="", what="list", before=old[territory].digest))
        elif territory not in old:
            found.append(Difference(territory=territory, entry="", what="list", after=new[territory].digest))
        else:
            found += _lists(old[territory], new[territory])
    return tuple(found)


def _lists(old: TrustList, new: TrustList) -> list[Difference]:
    found = []
    if old.scheme != new.scheme:
        found += _changed(new.territory, "", _told(old.scheme), _told(new.scheme))
    before_, after_ = ({service.id: _facts(service) for service in each.services()} for each in (old, new))
    for entry in sorted({*before_, *after_}):
        found += _changed(new.territory, entry, before_.get(entry, {}), after_.get(entry, {}))
    return found


def _changed(territory: str, entry: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(territory=territory, entry=entry, what=what, before=old.get(what, ""), after=new.get(what, ""))
        for what in sorted({*old, *new})
        if old.get(what) != new.get(what)
    ]


def _told(scheme: Scheme) -> dict[str, str]:
    """What a list says of itself as short texts by the name of each fact."""
    return {f"scheme.{name}": str(said) for name, said in asdict(scheme).items()}


def _facts(service: Service) -> dict[str, str]:
    """A service as short texts by the name of each fact."""
    facts = {
        "kind": service.kind.value,
        "name": dict(service.names).get("en", ""),
        "type": service.type_uri,
        "certificates": " ".join(digest_of(der) for der in service.certificates) or "to be supplied",
        "history": ", ".join(
            f"{period.status.rsplit('/', 1)[-1]} since {period.since:%Y-%m-%dT%H:%M:%SZ}" for period in service.history
        ),
    }
    for recognition in service.recognitions:
        facts[f"recognition {recognition.scheme} {recognition.certificate_type}"] = _conditions(recognition)
    return facts


def _conditions(found: Recognition) -> str:
    until = f"{found.until:%Y-%m-%dT%H:%M:%SZ}" if found.until else "further notice"
    policy = found.policy_exact or f"{found.policy_prefix} and {found.version_nodes} nodes"
    source = f"{found.source} {found.source_digest}".strip()
    review = f"{found.reviewer or 'nobody'} on {found.reviewed_on or 'no day'}"
    return (
        f"{policy} under {found.root} from {found.since:%Y-%m-%dT%H:%M:%SZ} until {until}; {found.legal_basis}; "
        f"{source}; reviewed by {review}"
    )

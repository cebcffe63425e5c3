"""The reviewed source of a territory's list: a small table, read into a list's contents; every problem is named.

An entry whose certificate is not public carries none and says so; it is published only if something else about it is
known (a recognition, a status), and it is never an anchor.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from trust.anchors import certificate as certificates
from trust.anchors import vocabulary as words
from trust.anchors.trust_list import Address, Period, Provider, Recognition, Scheme, Service, Texts
from trust.anchors.vocabulary import Kind
from trust.frozen import Frozen

CertificateFiles = Callable[[str], bytes]  # name → DER; raises LookupError

TYPES = {Kind.ROOT: words.CA_PKC, Kind.ISSUING: words.CA_PKC, Kind.TIMESTAMPS: words.TSA}
STATUSES = {
    "recognised": words.RECOGNISED,
    "deprecated": words.DEPRECATED,
    "granted": words.GRANTED,
    "withdrawn": words.WITHDRAWN,
}
TERRITORY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")  # ISO 3166-1 or 3166-2
ID = re.compile(r"[a-z0-9][a-z0-9.-]{1,63}")
OID = re.compile(r"[0-2](\.(0|[1-9][0-9]{0,39})){1,30}")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class SourceRefused(ValueError):
    """A source does not hold; `problems` lists each with its place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("source_refused")
        self.problems = problems


class Source(Frozen):
    """What a list will say, before it has a number and a date."""

    territory: str
    scheme: Scheme
    providers: tuple[Provider, ...]
    to_be_supplied: tuple[str, ...] = ()  # ids of entries without a certificate
    unpublished: tuple[str, ...] = ()  # of those, the ones of which nothing else is known either
    unreviewed: tuple[str, ...] = ()  # ids of entries whose recognitions no reviewer has signed off


def read(table: Mapping[str, Any], load: CertificateFiles) -> Source:
    """The source that a table holds. Raises SourceRefused with every problem."""
    reader = _Reader(load)
    source = reader.source(table)
    if reader.problems or source is None:
        raise SourceRefused(reader.problems)
    return source


class _Reader:
    """Collects problems while it reads; gives nothing back where there is one."""

    def __init__(self, load: CertificateFiles) -> None:
        self.problems: list[str] = []
        self._load = load
        self._seen: set[str] = set()
        self._unpublished: list[str] = []

    def source(self, table: Mapping[str, Any]) -> Source | None:
        self._only(table, "", {"territory", "scheme", "provider"})
        territory = self._text(table, "", "territory")
        if not TERRITORY.fullmatch(territory):
            self._bad("territory", "expected an ISO 3166 code such as HK or CN-44")
        scheme = self._scheme(self._table(table, "", "scheme"), territory)
        providers = tuple(
            self._provider(each, f"provider[{place}]") for place, each in enumerate(self._tables(table, "", "provider"))
        )
        if self.problems:
            return None
        services = [service for provider in providers for service in provider.services]
        self._check_roots(services)
        bare = [service.id for service in services if not service.certificates]
        return Source(
            territory=territory,
            scheme=scheme,
            providers=tuple(provider for provider in providers if provider.services),
            to_be_supplied=tuple(sorted({*bare, *self._unpublished})),
            unpublished=tuple(self._unpublished),
            unreviewed=tuple(
                service.id
                for service in services
                if any(not (found.reviewer and found.source_digest) for found in service.recognitions)
            ),
        )

    def _scheme(self, table: Mapping[str, Any], territory: str) -> Scheme:
        here = "scheme"
        self._only(table, here, {"operator", "name", "information", "legal_notice", "address"})
        return Scheme(
            operator=self._texts(table, here, "operator"),
            address=self._address(self._table(table, here, "address"), f"{here}.address"),
            name=self._texts(table, here, "name"),
            information=self._text(table, here, "information"),
            legal_notice=self._texts(table, here, "legal_notice"),
            type_uri=words.list_type(territory),
            determination=words.determination(territory),
            rules=(words.community_rules(territory),),
        )

    def _provider(self, table: Mapping[str, Any], here: str) -> Provider:
        self._only(table, here, {"name", "trade_name", "address", "information", "service"})
        services = [
            self._service(each, f"{here}.service[{place}]")
            for place, each in enumerate(self._tables(table, here, "service"))
        ]
        return Provider(
            names=self._texts(table, here, "name"),
            trade_names=self._texts(table, here, "trade_name") if "trade_name" in table else (),
            address=self._address(self._table(table, here, "address"), f"{here}.address"),
            information=self._text(table, here, "information"),
            services=tuple(service for service in services if service.history),
        )

    def _address(self, table: Mapping[str, Any], here: str) -> Address:
        self._only(table, here, {"street", "locality", "country", "electronic"})
        electronic = table.get("electronic")
        if not isinstance(electronic, list) or not electronic or not all(isinstance(each, str) for each in electronic):
            self._bad(f"{here}.electronic", "expected a list of mailto: and https: addresses")
            electronic = []
        return Address(
            street=self._text(table, here, "street"),
            locality=self._text(table, here, "locality"),
            country=self._text(table, here, "country"),
            electronic=tuple(electronic),
        )

    def _service(self, table: Mapping[str, Any], here: str) -> Service:
        self._only(table, here, {"id", "name", "kind", "type", "certificate", "status", "recognition"})
        entry = self._id(table, here)
        kind = Kind(text) if (text := self._text(table, here, "kind")) in TYPES else Kind.OTHER
        if kind is Kind.OTHER:
            self._bad(f"{here}.kind", f"expected one of {', '.join(TYPES)}")
        recognitions = tuple(
            self._recognition(each, f"{here}.recognition[{place}]")
            for place, each in enumerate(self._tables(table, here, "recognition"))
        )
        history = self._history(table, here)
        der = self._certificate(table, here)
        if not history and (der or recognitions):
            self._bad(f"{here}.status", "an entry with a certificate or a recognition needs its status and since when")
        if not history:
            self._unpublished.append(entry)
        return Service(
            id=entry,
            names=self._texts(table, here, "name"),
            kind=kind,
            type_uri=table.get("type", TYPES.get(kind, "")),
            certificates=(der,) if der else (),
            history=history,
            recognitions=recognitions,
        )

    def _history(self, table: Mapping[str, Any], here: str) -> tuple[Period, ...]:
        periods = []
        for place, each in enumerate(self._tables(table, here, "status")):
            at = f"{here}.status[{place}]"
            self._only(each, at, {"is", "since"})
            word = self._text(each, at, "is")
            if word not in STATUSES:
                self._bad(f"{at}.is", f"expected one of {', '.join(STATUSES)}")
            periods.append(Period(status=STATUSES.get(word, ""), since=self._instant(each, at, "since")))
        periods.sort(key=lambda period: period.since, reverse=True)
        if len({period.since for period in periods}) < len(periods):
            self._bad(f"{here}.status", "two begin at the same moment")
        return tuple(periods)

    def _certificate(self, table: Mapping[str, Any], here: str) -> bytes:
        """Its bytes; none where the operator has yet to supply it."""
        if not (name := self._text(table, here, "certificate", may_be_empty=True)):
            return b""
        try:
            der = self._load(name)
        except LookupError:
            self._bad(f"{here}.certificate", f"there is no certificate {name}")
            return b""
        if certificates.load(der) is None:
            self._bad(f"{here}.certificate", f"{name} is not a certificate")
        return der

    def _recognition(self, table: Mapping[str, Any], here: str) -> Recognition:
        self._only(
            table,
            here,
            {"scheme", "certificate_type", "policy_prefix", "version_nodes", "policy_exact", "root", "from", "until"}
            | {"legal_basis", "source", "source_digest", "reviewer", "reviewed_on"},
        )
        prefix, exact = self._text(table, here, "policy_prefix"), str(table.get("policy_exact", ""))
        if not OID.fullmatch(prefix) or (exact and not OID.fullmatch(exact)):
            self._bad(f"{here}.policy_prefix", "expected an object identifier such as 2.16.344.8.2.2008.810.2")
        nodes = table.get("version_nodes", 3)
        if not isinstance(nodes, int) or not 1 <= nodes <= 9:
            self._bad(f"{here}.version_nodes", "expected 1 to 9")
        digest = str(table.get("source_digest", ""))
        if digest and not DIGEST.fullmatch(digest):
            self._bad(f"{here}.source_digest", "expected sha256: and 64 hexadecimal digits, or nothing")
        reviewed_on = table.get("reviewed_on")
        if reviewed_on is not None and (not isinstance(reviewed_on, date) or isinstance(reviewed_on, datetime)):
            self._bad(f"{here}.reviewed_on", "expected a date")
        since = self._instant(table, here, "from")
        until = self._instant(table, here, "until") if "until" in table else None
        if until is not None and until <= since:
            self._bad(f"{here}.until", "ends before it begins")
        return Recognition(
            scheme=self._text(table, here, "scheme"),
            certificate_type=self._text(table, here, "certificate_type"),
            policy_prefix=prefix,
            version_nodes=nodes,
            policy_exact=exact,
            root=self._text(table, here, "root"),
            since=since,
            until=until,
            legal_basis=self._text(table, here, "legal_basis"),
            source=self._text(table, here, "source"),
            source_digest=digest,
            reviewer=str(table.get("reviewer", "")),
            reviewed_on=reviewed_on,
        )

    def _check_roots(self, services: list[Service]) -> None:
        known = {service.id: service for service in services}
        for service in services:
            for found in service.recognitions:
                root = known.get(found.root)
                if root is None or root.kind is not Kind.ROOT:
                    self._bad(service.id, f"its recognition names the root {found.root}, which is not listed")
                    continue
                pairs = [(der, above) for der in service.certificates for above in root.certificates]
                if pairs and not any(certificates.issued(*pair) for pair in pairs):
                    self._bad(service.id, f"{found.root} did not issue its certificate")

    def _id(self, table: Mapping[str, Any], here: str) -> str:
        found = self._text(table, here, "id")
        if not ID.fullmatch(found):
            self._bad(f"{here}.id", "expected 2 to 64 of a-z, 0-9, dot, hyphen")
        if found in self._seen:
            self._bad(f"{here}.id", f"{found} is there twice")
        self._seen.add(found)
        return found

    def _texts(self, table: Mapping[str, Any], here: str, key: str) -> Texts:
        found = table.get(key)
        if not isinstance(found, Mapping) or not all(isinstance(text, str) and text for text in found.values()):
            self._bad(f"{here}.{key}", "expected texts by language")
            return ()
        if "en" not in found:  # TS 119 612 §5.1.4
            self._bad(f"{here}.{key}", "English is missing")
        return tuple((language, found[language]) for language in sorted(found, key=lambda one: (one != "en", one)))

    def _text(self, table: Mapping[str, Any], here: str, key: str, *, may_be_empty: bool = False) -> str:
        found = table.get(key)
        if not isinstance(found, str) or not (found.strip() or may_be_empty):
            self._bad(f"{here}.{key}" if here else key, "expected text")
            return ""
        return found

    def _instant(self, table: Mapping[str, Any], here: str, key: str) -> datetime:
        found = table.get(key)
        if not isinstance(found, datetime) or found.tzinfo is None or found.microsecond:
            self._bad(f"{here}.{key}", "expected a moment in whole seconds, with its offset")
            return datetime.min.replace(tzinfo=UTC)
        return found.astimezone(UTC)

    def _table(self, table: Mapping[str, Any], here: str, key: str) -> Mapping[str, Any]:
        found = table.get(key)
        if not isinstance(found, Mapping):
            self._bad(f"{here}.{key}" if here else key, "expected a table")
            return {}
        return found

    def _tables(self, table: Mapping[str, Any], here: str, key: str) -> list[Mapping[str, Any]]:
        found = table.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            self._bad(f"{here}.{key}" if here else key, "expected a list of tables")
            return []
        return found

    def _only(self, table: Mapping[str, Any], here: str, known: set[str]) -> None:
        self.problems += [f"{here}.{key}: unknown key".lstrip(".") for key in table if key not in known]

    def _bad(self, place: str, what: str) -> None:
        self.problems.append(f"{place}: {what}")

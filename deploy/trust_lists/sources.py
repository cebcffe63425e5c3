"""Reads the reviewed source files, and in the sandbox lays the sandbox's authorities over them."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from trust.frozen import Frozen

if TYPE_CHECKING:
    from trust.anchors.source import Source

HERE = Path(__file__).resolve().parent
TERRITORIES = ("HK", "MO", "CN-44")
LARGEST = 1_000_000  # bytes

Overlay = Callable[[str], tuple[Mapping[str, Any], Mapping[str, bytes]]]  # territory → (provider, its certificates)


class RemoteList(Frozen):
    """A list that somebody else publishes."""

    territory: str
    address: str
    signers: tuple[bytes, ...]
    follow: tuple[str, ...] = ()  # of a list of lists: whose lists are taken too, under the signers that it names


def read_source(file: Path, certificates: Path, overlay: Overlay | None = None) -> "Source":
    """One territory's source. Raises SourceRefused with every problem."""
    from trust.anchors import source as sources  # noqa: PLC0415 - most who open lists read no source

    table = _table(file)
    held: Mapping[str, bytes] = {}
    if overlay is not None and isinstance(table.get("territory"), str) and table["territory"] in TERRITORIES:
        provider, held = overlay(table["territory"])
        table = {**table, "provider": [*table.get("provider", []), provider]}

    def load(name: str) -> bytes:
        return held[name] if name in held else first_certificate(certificates, name)

    found = sources.read(table, load)
    if found.territory != file.stem:
        raise sources.SourceRefused([f"territory: the file is called {file.name}"])
    return found


def read_remote(file: Path, certificates: Path) -> tuple[RemoteList, ...]:
    """Lists that others publish. Raises SourceRefused with every problem."""
    if not file.exists():
        return ()
    from trust.anchors import source as sources  # noqa: PLC0415 - as above

    problems: list[str] = []
    found = []
    for place, each in enumerate(_table(file).get("place", [])):
        here = f"place[{place}]"
        territory, address, signers = each.get("territory"), each.get("address"), each.get("signers")
        if not isinstance(territory, str) or not sources.TERRITORY.fullmatch(territory) or territory in TERRITORIES:
            problems.append(f"{here}.territory: expected the code of a territory other than {', '.join(TERRITORIES)}")
        if not isinstance(address, str) or not address.startswith("https://"):
            problems.append(f"{here}.address: expected an https address")
        try:
            ders = tuple(first_certificate(certificates, name) for name in signers or ())
        except (LookupError, TypeError):
            problems.append(f"{here}.signers: one is not in {certificates}")
            continue
        if not ders:
            problems.append(f"{here}.signers: expected at least one certificate; an unsigned list proves nothing")
        follow = each.get("follow", [])
        if not isinstance(follow, list) or any(
            not isinstance(code, str) or not sources.TERRITORY.fullmatch(code) or code in (*TERRITORIES, territory)
            for code in follow
        ):
            problems.append(f"{here}.follow: expected codes of other territories")
            continue
        found.append(RemoteList(territory=str(territory), address=str(address), signers=ders, follow=tuple(follow)))
    named = [code for place in found for code in (place.territory, *place.follow)]
    problems += [f"place: {code} is named twice" for code in sorted({code for code in named if named.count(code) > 1})]
    if problems:
        raise sources.SourceRefused(problems)
    return tuple(found)


def first_certificate(folder: Path, name: str) -> bytes:
    """The certificate in a file of the folder, PEM or DER. Raises LookupError."""
    file = folder / name
    if Path(name).name != name:
        raise LookupError(name)
    try:
        content = file.read_bytes()[:LARGEST]
    except OSError:
        raise LookupError(name) from None
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificate(content).public_bytes(Encoding.DER)
        return x509.load_der_x509_certificate(content).public_bytes(Encoding.DER)
    except ValueError:
        raise LookupError(name) from None


def own_files(folder: Path, wanted: Iterable[str] = ()) -> tuple[Path, ...]:
    """The source files of these territories, or of all."""
    return tuple(folder / f"{territory}.toml" for territory in (tuple(wanted) or TERRITORIES))


def _table(file: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - as above

    from trust.anchors.source import SourceRefused  # noqa: PLC0415

    try:
        return tomllib.loads(file.read_bytes()[:LARGEST].decode("utf-8"))
    except OSError as problem:
        raise SourceRefused([f"cannot read {file}: {problem.strerror}"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SourceRefused([f"{file.name} is not TOML: {problem}"]) from None

"""Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b), (c)): for whom an authority may speak.

Directory names, mail addresses and host names are compared; a constraint on another form refuses every such name.
"""

from collections.abc import Iterator, Sequence

from cryptography import x509


def kept(authority: x509.Certificate, below: Sequence[x509.Certificate]) -> bool:
    """Whether every certificate below keeps to what an authority is constrained to; below[0] is the end entity."""
    try:
        constraints = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return True
    names = [
        name
        for place, certificate in enumerate(below)
        if place == 0 or certificate.subject != certificate.issuer
        for name in _names(certificate)
    ]
    return all(_allowed(name, constraints) for name in names)


def _names(certificate: x509.Certificate) -> Iterator[x509.GeneralName]:
    if list(certificate.subject):
        yield x509.DirectoryName(certificate.subject)
    yield from map(x509.RFC822Name, _mail_addresses(certificate))
    try:
        yield from certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return


def _mail_addresses(certificate: x509.Certificate) -> Iterator[str]:
    for found in certificate.subject.get_attributes_for_oid(x509.NameOID.EMAIL_ADDRESS):
        yield str(found.value).encode("ascii", "replace").decode()


def _allowed(name: x509.GeneralName, constraints: x509.NameConstraints) -> bool:
    permitted = [tree for tree in constraints.permitted_subtrees or () if type(tree) is type(name)]
    excluded = [tree for tree in constraints.excluded_subtrees or () if type(tree) is type(name)]
    if any(_within(name, tree) is not False for tree in excluded):
        return False
    return not permitted or any(_within(name, tree) for tree in permitted)


def _within(name: x509.GeneralName, tree: x509.GeneralName) -> bool | None:
    """Whether a name lies in a subtree; None where that cannot be told."""
    if isinstance(name, x509.DirectoryName) and isinstance(tree, x509.DirectoryName):
        above = tree.value.rdns
        return name.value.rdns[: len(above)] == above
    if isinstance(name, x509.RFC822Name) and isinstance(tree, x509.RFC822Name):
        return _mail_within(name.value.lower(), tree.value.lower())
    if isinstance(name, x509.DNSName) and isinstance(tree, x509.DNSName):
        host, domain = name.value.lower(), tree.value.lower().lstrip(".")
        return not domain or host == domain or host.endswith("." + domain)
    return None


def _mail_within(address: str, tree: str) -> bool:
    host = address.rpartition("@")[2]
    if "@" in tree:
        return address == tree
    return host.endswith(tree) if tree.startswith(".") else host == tree

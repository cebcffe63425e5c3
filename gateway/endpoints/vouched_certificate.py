"""The client certificate that a TLS-terminating proxy vouches for, and nobody else (RFC 8705 §6.4, RFC 9440 §4).

1. The request comes from an address of the proxy's.
2. It carries the proxy's secret.
3. Only then is the certificate's header read. Everywhere else it is as if it were not there.
"""

import hmac
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from msgspec.structs import replace

from gateway.endpoints.wire import Request
from gateway.frozen import Frozen, Hidden
from gateway.oidc import client_certificate
from gateway.settings import MutualTlsSettings

# A request and an answer of the gateway's, or an answer of trust's: what is changed is the request alone.
Handler = Callable[[Any], Any]


class Proxy(Frozen):
    """Whom a certificate is believed from. Header names are in lower case."""

    networks: tuple[IPv4Network | IPv6Network, ...]
    secret: Hidden[bytes]
    secret_header: str
    certificate_header: str
    form: client_certificate.Form

    @classmethod
    def of(cls, settings: MutualTlsSettings, addresses: tuple[str, ...]) -> "Proxy | None":
        """The configured proxy, or None where none is."""
        if not settings.enabled:
            return None
        return cls(
            networks=tuple(ip_network(address, strict=False) for address in addresses),
            secret=settings.proxy_secret.encode(),
            secret_header=settings.proxy_secret_header.lower(),
            certificate_header=settings.certificate_header.lower(),
            form=settings.certificate_form,
        )

    def vouches(self, request: Request) -> bool:
        """Whether this request came through the proxy."""
        told = request.headers.get(self.secret_header, "").encode("utf-8", "surrogateescape")
        return self._is_near(request.remote) and hmac.compare_digest(told, self.secret)

    def certificate(self, request: Request) -> bytes | None:
        """The DER of the certificate that the client showed, or None."""
        header = request.headers.get(self.certificate_header)
        if header is None or not self.vouches(request):
            return None
        return client_certificate.read(header, self.form)

    def _is_near(self, remote: str) -> bool:
        try:
            address = ip_address(remote)
        except ValueError:
            return False
        return any(address in network for network in self.networks)


def vouched(proxy: Proxy | None, handler: Handler) -> Handler:
    """The handler, whose requests say which certificate they came with; the handler itself where no proxy is."""
    if proxy is None:
        return handler

    def answer(request: Request) -> Any:
        der = proxy.certificate(request)
        return handler(request if der is None else replace(request, certificate=client_certificate.thumbprint(der)))

    return answer

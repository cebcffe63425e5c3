"""The sandbox's authorities: a CA branch a territory, OCSP, CRL and RFC 3161 timestamps, in real wire formats."""

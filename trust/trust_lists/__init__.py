"""Trusted lists as files: ETSI TS 119 612 XML built, signed, verified and read; snapshots of them on disk."""

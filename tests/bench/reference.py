"""A fixed piece of work in the same run: raw P-256 sign and verify, so that figures of different machines compare."""

import time

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.bench import processors

MESSAGE = bytes(300)  # about the length of a small token


def per_processor_second(seconds: float) -> float:
    """Pairs of one signature and its verification, on the servers' processor."""
    private = ec.generate_private_key(ec.SECP256R1())
    public, algorithm = private.public_key(), ec.ECDSA(SHA256())
    with processors.on(processors.FOR_SERVERS):
        pairs, begun, end = 0, time.process_time(), time.perf_counter() + seconds
        while time.perf_counter() < end:
            for _ in range(20):
                public.verify(private.sign(MESSAGE, algorithm), MESSAGE, algorithm)
            pairs += 20
        return pairs / (time.process_time() - begun)

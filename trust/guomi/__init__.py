"""Chinese commercial cryptography (SM2, SM3): signatures, certificates, messages and seals; verified, never made.

sm3, curve, sm2          digests, the curve, signatures
der, certificate, path   structures within bounds, certificates as facts, paths judged by rules
revocation, crl, ocsp    what an issuer says of a certificate
signed_data, message     signed messages: taken apart, as facts
stamp                    timestamp tokens as facts
ses, seal                GB/T 38540 and GM/T 0031 seals: taken apart, as facts
judging, dual            what facts come to; two signatures as one act
verifying                the two questions asked from outside

Nothing is imported here: who only needs the outline of a DER value (`der`) does not load the rest.
"""

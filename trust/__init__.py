"""Is this document, key or moment genuine, and will it still be in ten years?

Sealing: a PDF is admitted (`documents`), drawn a visible seal and a place for the signature (`pades`), signed by a
key in custody, stamped, given the evidence of its chains, and stamped again (`flows.seal_pdf`). Verifying: foreign
bytes are read into facts in a process of its own (`pades.contained`), judged by rules (`validation`) against a named
snapshot of whom each territory trusts (`anchors`), and reported: the same file, snapshot, policy and time give the
same bytes. Rules are pure; `deploy` supplies the world.
"""

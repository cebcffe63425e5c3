"""Who is this person, and what may be told about them?

A sign-in is a value that travels: an agency's request is pushed and checked (`oidc`), parked while the person is
with the region of home (`regions`), read back as an assertion, compared with the Guangdong account
(`identity.matching`), bound with the person's own consent, asked about what the agency may see and check, and
answered as a code, tokens and claims. It pauses only where a person is elsewhere or reading; there it lies in
storage and is found again by an opaque id. Rules are pure; `deploy` supplies the world.
"""

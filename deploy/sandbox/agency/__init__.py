"""The sandbox's partner agency: a relying party with its own pages, keys and records.

`registration` says who it is, as the gateway's operator would register it; `pages.blueprint` serves its counter.
"""

from deploy.sandbox.agency.enrolment import registration

__all__ = ["registration"]

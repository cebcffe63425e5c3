"""The sandbox's partner agency: a relying party with its own pages, keys and records.

`enrolment.registration` says who it is, as the gateway's operator would register it; `pages.blueprint` serves its
counter. Nothing is imported here: the gateway's workers read its papers (`purpose`) and need none of the rest.
"""

"""What is served in the bench: the product as wsgi.py makes it, over regions that answer at once.

A module of its own, so that a measured worker holds nothing of the bench.
"""

from wsgiref.types import WSGIApplication

from deploy import memory
from deploy.compose import create_app
from deploy.settings import load
from tests.bench.regions import connect


def make() -> WSGIApplication:
    memory.share_arenas()
    made = create_app(load(), connect=connect)
    memory.settle()
    return made

"""The WSGI application: granian wsgi:app, or any WSGI server."""

from deploy import memory
from deploy.compose import create_app
from deploy.settings import load

memory.share_arenas()
app = create_app(load())
memory.settle()

"""The WSGI application: granian wsgi:app, or any WSGI server."""

from deploy.compose import create_app
from deploy.settings import load

app = create_app(load())

"""The WSGI application, which `gba serve` serves."""

from deploy import memory
from deploy.compose import create_app
from deploy.settings import load

memory.share_arenas()
app = create_app(load())
memory.settle()

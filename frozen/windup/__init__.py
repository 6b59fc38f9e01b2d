"""WindUp: a web server of filters and content generators."""

from .app import WindUp
from .request import Request
from .response import HTTPError, Response, redirect
from .router import Mount, Router
from .static import StaticFiles

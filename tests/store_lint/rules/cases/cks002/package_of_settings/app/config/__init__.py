"""The settings of the application."""

from .base import Settings
from .chat import *

settings = Settings()

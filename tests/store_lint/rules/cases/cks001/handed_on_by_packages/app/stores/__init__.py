from .base import BaseFiles as FileStore

from .base import BaseFiles
from .mixins import Deleting

"""What a chatkit server's module holds, nobody can tell."""

import os

globals().update({key.lower(): value for key, value in os.environ.items()})

"""Plain configuration: upper-case names, as `app.config.from_object("config")` reads them."""

import os

MONGODB_URI = os.environ.get("DATABASE_URL", "")
ANSWER_PREFIX = "You said: "

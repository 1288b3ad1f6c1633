# not run: it needs pytest's fixtures
from config import settings


def test_it(monkeypatch):
    monkeypatch.setattr(settings, "token", "x", raising=False)
    assert settings.token == "x"

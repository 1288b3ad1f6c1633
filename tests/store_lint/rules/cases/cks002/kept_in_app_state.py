"""A chatkit server keeps settings where nobody can follow them."""

from types import SimpleNamespace

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    url: str = ""


app = SimpleNamespace(state=SimpleNamespace(settings=Settings()))


def reads(request=app) -> tuple[object, ...]:
    return (
        app.state.settings.url,
        request.state.settings.url,
        vars(app)["state"].settings.url,
    )

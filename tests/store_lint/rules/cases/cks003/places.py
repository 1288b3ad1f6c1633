from chatkit.types import AssistantMessageContent, ThreadItem, UserMessageItem

GREETING = AssistantMessageContent(text="hello")
CONTENT = [AssistantMessageContent(text="hello")]
GROWING = [AssistantMessageContent(text="hello")]
GROWING.clear()


def create_app(router):
    @router.get("/")
    def route(text: str):
        return UserMessageItem(id="1", content=text)  # CKS003

    def helper(row):
        return ThreadItem(**row)  # CKS003

    router.add(helper)
    return route


by_lambda = lambda text: UserMessageItem(id="1", content=[AssistantMessageContent(text=text)])  # CKS003


class Holder:
    item = UserMessageItem(id="1", content="hi")  # CKS003

    @property
    def constant(self):
        return UserMessageItem(id="1", content=CONTENT)  # CKS003

    def cleared(self):
        return UserMessageItem(id="1", content=GROWING)

    async def one(self):
        yield UserMessageItem(id="1", content=[GREETING])  # CKS003

    def default(self, item=UserMessageItem(id="1", content="hi")):  # CKS003
        return f"{UserMessageItem(id='1', content='hi')}", item  # CKS003

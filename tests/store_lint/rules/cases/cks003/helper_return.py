from chatkit.types import AssistantMessageContent, AssistantMessageItem, UserMessageItem, UserMessageTextContent


def assistant(text):
    return [AssistantMessageContent(text=text)]


def declared(text) -> list[AssistantMessageContent]:
    return elsewhere(text)


def user(text) -> list[UserMessageTextContent]:
    return [UserMessageTextContent(type="input_text", text=text)]


async def loaded(text):
    return AssistantMessageContent(text=text)


class Maker:
    def content(self, text):
        return [AssistantMessageContent(text=text)]

    @staticmethod
    def part(text):
        return AssistantMessageContent(text=text)

    def item(self, text):
        one = UserMessageItem(id="1", content=self.content(text))  # CKS003
        two = AssistantMessageItem(id="1", content=self.content(text))
        return one, two, UserMessageItem(id="1", content=[self.part(text)])  # CKS003


async def items(text):
    one = UserMessageItem(id="1", content=assistant(text))  # CKS003
    two = UserMessageItem(id="1", content=declared(text))  # CKS003
    three = UserMessageItem(id="1", content=user(text))
    four = UserMessageItem(id="1", content=[await loaded(text)])  # CKS003
    return one, two, three, four, AssistantMessageItem(id="1", content=assistant(text))

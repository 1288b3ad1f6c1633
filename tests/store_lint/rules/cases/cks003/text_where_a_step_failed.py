from chatkit.types import AssistantMessageContent, AssistantMessageItem


def answer(run, question):
    if question:
        try:
            text = run(question)
        except Exception as error:
            text = f"It failed: {error}"
        return AssistantMessageItem(id="1", content=text)  # CKS003
    return None


def told_apart(run, question):
    if question:
        failed = False
        try:
            text = run(question)
        except Exception as error:
            failed, text = True, f"It failed: {error}"
        if not failed:
            return AssistantMessageItem(id="1", content=text)
    return None


def told_apart_by_the_question(run, question):
    text = run(question)
    if not question:
        text = "Nothing was asked"
    if question:
        return AssistantMessageItem(id="1", content=text)
    return text


def wrapped(run, question):
    if question:
        try:
            text = run(question)
        except Exception as error:
            text = f"It failed: {error}"
        return AssistantMessageItem(id="1", content=[AssistantMessageContent(text=text)])
    return None


def put_right(run, question):
    if question:
        text = f"Asked: {question}"
        if run:
            text = run(text)
        else:
            text = [AssistantMessageContent(text=text)]
        return AssistantMessageItem(id="1", content=text)
    return None

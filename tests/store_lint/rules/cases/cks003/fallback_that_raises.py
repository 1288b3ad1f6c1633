import sys

try:
    from chatkit.types import MessageContentPart  # CKS003
except ImportError as error:
    raise RuntimeError("pip install openai-chatkit") from error

try:
    from chatkit.types import Page, ThreadData  # CKS003
except ImportError:
    print("install openai-chatkit")
    sys.exit(1)

try:
    from chatkit.types import Missing
except ImportError:
    from chatkit.types import MissingToo  # CKS003


async def run():
    try:
        from chatkit.types import ThreadSummary  # CKS003

        await work(ThreadSummary)
        await work(Page)
    except Exception as error:
        print(error)


async def work(what):
    return what

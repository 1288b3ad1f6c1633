def thread(id):
    from chatkit.types import ThreadMetaData  # CKS003

    return ThreadMetaData(id=id)


class Holder:
    from chatkit.types import ThreadMetadata
    from chatkit.types import ThreadData  # CKS003


async def later():
    if True:
        from chatkit.types import ThreadMetadata, ThreadSummary  # CKS003

        return ThreadMetadata, ThreadSummary

from datetime import datetime, timezone

from chatkit.types import ThreadMetadata

now = datetime.now(timezone.utc)

def expected(thread: ThreadMetadata):
    try:
        return thread.updated_at
    except AttributeError:
        return thread.created_at


def expected_whatever(thread: ThreadMetadata):
    try:
        stamp = thread.updated_at
    except Exception:
        stamp = None
    return stamp


def not_expected(thread: ThreadMetadata, log):
    try:
        log.info("saving")
        stamp = thread.updated_at  # CKS006
        log.info(stamp)
    except Exception as error:
        log.error(error)
        raise


def set_on_trial(thread: ThreadMetadata):
    try:
        thread.updated_at = now
    except ValueError:
        pass


def skipped_row_by_row(rows):
    for row in rows:
        try:
            yield ThreadMetadata(id=row["id"])  # CKS006
        except Exception:
            continue


def validated_row_by_row(rows):
    for row in rows:
        try:
            yield ThreadMetadata.model_validate(row).owner
        except AttributeError:
            continue

import chatkit
from orm.models import ThreadMetadata

ThreadMetadata(id="x", updated_at=1).updated_at

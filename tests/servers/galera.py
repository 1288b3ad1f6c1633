"""A Galera cluster: MariaDB servers that each take writes, and commit what all of them certify."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.servers import MissingServerError, folder, free_port
from tests.servers.mariadb import MariaDB

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

MISSING: Final = (
    "no Galera: install it beside MariaDB (Debian: apt install mariadb-server galera-4 rsync)"
)


@contextmanager
def cluster(size: int = 3) -> Generator[Sequence[MariaDB]]:
    """A new cluster, all of whose nodes are in step."""
    provider = _provider()
    ports = [free_port() for _ in range(size)]
    with ExitStack() as stack:
        nodes: list[MariaDB] = []
        for port in ports:
            where = stack.enter_context(folder(in_memory=True))
            node = MariaDB(where, _settings(provider, port, ports))
            stack.callback(node.kill)
            if not nodes:
                node.initialize()
                node.start("--wsrep-new-cluster")
            else:
                node.initialize(empty=True)  # it copies the data of another node
                node.start()
            nodes.append(node)
        yield nodes


def _settings(provider: Path, port: int, ports: Sequence[int]) -> dict[str, str]:
    options = {
        "base_port": port,
        "gmcast.listen_addr": f"tcp://127.0.0.1:{port}",
        "ist.recv_addr": f"127.0.0.1:{free_port()}",
        "gcache.size": "16M",
        "pc.recovery": "FALSE",
    }
    return {
        "wsrep_on": "ON",
        "wsrep_provider": str(provider),
        "wsrep_provider_options": ";".join(f"{name}={value}" for name, value in options.items()),
        "wsrep_cluster_name": "chatkit",
        "wsrep_cluster_address": "gcomm://" + ",".join(f"127.0.0.1:{one}" for one in ports),
        "wsrep_node_address": f"127.0.0.1:{port}",
        "wsrep_sync_wait": "7",  # a node answers once it has what the others had acknowledged by then
        "wsrep_sst_method": "rsync",
        "wsrep_sst_receive_address": f"127.0.0.1:{free_port()}",
        "binlog_format": "ROW",
        "innodb_autoinc_lock_mode": "2",
    }


def _provider() -> Path:
    for place in ("/usr/lib/galera", "/usr/lib64/galera-4", "/usr/lib/galera-4", "/usr/lib64/galera"):
        library = Path(place) / "libgalera_smm.so"
        if library.exists():
            return library
    raise MissingServerError(MISSING)

import asyncio
import threading
from contextlib import closing

from mcp_server.threads import Threads


async def test_a_thread_is_kept_for_the_next_work_and_others_begin_beside_it() -> None:
    together = threading.Barrier(2, timeout=30)

    def work() -> int:
        together.wait()
        return threading.get_ident()

    with closing(Threads()) as threads:
        first = await threads.run(threading.get_ident)
        both = await asyncio.gather(threads.run(work), threads.run(work))

    assert first in both
    assert len(set(both)) == 2

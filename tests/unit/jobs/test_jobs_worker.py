"""The child that reads untrusted bytes never outlives who asked it, whenever that is cancelled."""

import asyncio

import pytest

from wizard.jobs import worker_process


@pytest.mark.parametrize("late", ["starting", "ending"])
def test_a_child_is_ended_although_it_was_cancelled_while_it_started_or_ended(late, monkeypatch):
    children, waits, waited = [], [], []
    start = asyncio.create_subprocess_exec

    async def slow_start(*command, **how):
        child = await start(*command, **how)
        children.append(child)
        started.set()
        wait = child.wait

        async def slow_wait():
            waits.append(child)
            if len(waits) == 2:  # the first one asks why there was no answer
                reached.set()
                await asyncio.sleep(0.05)
            await wait()
            waited.append(child)
            return child.returncode

        if late == "ending":
            child.wait = slow_wait
        else:
            reached.set()
            await asyncio.sleep(0.05)
        return child

    async def cancelled():
        nonlocal reached, started
        reached, started = asyncio.Event(), asyncio.Event()
        asking = asyncio.create_task(worker_process.ask("text", {}, b"words"))
        if late == "ending":
            await started.wait()
            children[0].kill()  # so that the answer fails, and its end is waited for
        await reached.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    reached = started = None
    monkeypatch.setattr(asyncio, "create_subprocess_exec", slow_start)
    asyncio.run(cancelled())
    assert [child.returncode is not None for child in children] == [True]
    assert waited == waits

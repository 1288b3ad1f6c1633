"""From cases to results: each case gets a new store, has its time, and ends in one of four outcomes."""

from __future__ import annotations

import inspect
import threading
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from store_contract.bench import Bench
from store_contract.case import HOOKS, Case, check_declarations, declared_reason, select
from store_contract.effort import DEFAULT
from store_contract.expect import BrokenError, brief_error
from store_contract.loop import DidNotEnd, Loop
from store_contract.target import METHODS, Target, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from store_contract.case import Profile
    from store_contract.effort import Effort

Outcome = Literal["held", "broken", "missing", "not applicable"]
"""`missing` was declared; `not applicable` needs a hook that was not given."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case. `reason` is one line, empty if the case held."""

    case: Case
    outcome: Outcome
    reason: str
    seconds: float
    error: BaseException | None = None


class Runner:
    """Runs cases against one store under test.

    Raises TargetError where the store cannot be made, UnknownCaseError where a declaration names
    nothing.
    """

    def __init__(self, target: Target, effort: Effort = DEFAULT) -> None:
        check_declarations(target.unsupported)
        self.target = target
        self.effort = effort
        self._threads_before = {*threading.enumerate()}
        self._loop = Loop()
        self._checked = False
        self._stuck = False

    def run(self, case: Case) -> Result:
        """Run one case. Raises TargetError if the factory fails or its stores are not new and empty."""
        if not self._checked:
            self._check_factory()
            self._checked = True
        started = time.monotonic()
        with warnings.catch_warnings():
            # Every store validates widgets, and openai-chatkit itself makes them in the deprecated way.
            warnings.filterwarnings("ignore", "Direct usage of named widget", DeprecationWarning)
            outcome, reason, error = self._outcome(case)
        declared = declared_reason(case, self.target.unsupported)
        if declared is not None and outcome != "broken":
            outcome, reason = "missing", f"{declared} (yet it holds: the declaration can go)"
        elif declared is not None:
            outcome, reason, error = "missing", declared, None
        return Result(case, outcome, reason, time.monotonic() - started, error)

    def close(self) -> None:
        """Stop the loop that the cases ran on."""
        self._loop.close()

    def left_behind(self) -> bool:
        """Whether a store that hung or was not closed has left what keeps the process from ending."""
        started = {*threading.enumerate()} - self._threads_before
        return self._stuck or any(thread.is_alive() and not thread.daemon for thread in started)

    def _outcome(self, case: Case) -> tuple[Outcome, str, BaseException | None]:
        for need, reason in HOOKS.items():
            if need in case.needs and getattr(self.target, need) is None:
                return "not applicable", reason, None
        try:
            self._prove(case)
        except TargetError:
            raise
        except DidNotEnd as error:
            where = _method_in(error.__cause__)
            return (
                "broken",
                f"did not end within {self.effort.seconds:g} s{f', in {where}' * bool(where)}",
                error,
            )
        except Exception as error:  # noqa: BLE001 - a store may raise anything
            return "broken", reason_of(error), error
        finally:
            if self._loop.stuck:
                self._stuck = True
                self._loop = Loop()
        return "held", "", None

    def _prove(self, case: Case) -> None:
        bench = Bench(self.target, self._loop, self.effort)
        if inspect.iscoroutinefunction(case.prove):
            self._loop.run(_on_new_store(bench, case.prove), self.effort.seconds)
            return
        bench.run(_open(bench))
        try:
            case.prove(bench)
        except BaseException as error:
            if not self._loop.stuck:
                self._loop.run(_close_quietly(bench), self.effort.seconds)
            if bench.failure is not None and not isinstance(error, BrokenError):
                raise bench.failure from None  # hypothesis was cut short, or could not repeat it
            raise
        self._loop.run(bench.close(), self.effort.seconds)

    def _check_factory(self) -> None:
        try:
            self._loop.run(_check_newness(self.target, self._loop, self.effort), self.effort.seconds)
        except DidNotEnd:
            raise TargetError(f"make_store gave no store within {self.effort.seconds:g} s") from None


def run(
    make_store: Callable[[], object],
    *,
    profile: Profile = "upstream",
    only: Iterable[str] = (),
    contexts: object = None,
    second_store: Callable[..., object] | None = None,
    wrap_stream: Callable[..., object] | None = None,
    unsupported: Mapping[str, str] | None = None,
    effort: Effort = DEFAULT,
) -> list[Result]:
    """Run the contract against the stores of a factory and give a result for each case.

    The arguments are those of `Target`; `only` takes beginnings of ids or names. Blocks until all
    cases have ended, each on a loop in another thread. Raises TargetError and UnknownCaseError, one
    line each.
    """
    runner = Runner(Target(make_store, contexts, second_store, wrap_stream, unsupported or {}), effort)
    try:
        return [runner.run(case) for case in select(only, profile)]
    finally:
        runner.close()


def reason_of(error: BaseException) -> str:
    """Why a case is broken, in one line."""
    if isinstance(error, BrokenError):
        return " ".join(str(error).split())
    inner = getattr(error, "exceptions", None)
    if inner:  # hypothesis found that a failure does not repeat, or a group of tasks failed
        return reason_of(inner[0])
    where = _method_in(error)
    return f"{where or 'the case'} raised {brief_error(error)}"


async def _on_new_store(bench: Bench, prove: Callable[[Bench], object]) -> None:
    await _open(bench)
    try:
        done = prove(bench)
        assert inspect.isawaitable(done)
        await done
    except BaseException:
        await _close_quietly(bench)
        raise
    await bench.close()


async def _open(bench: Bench) -> None:
    bench.store = await bench.new_store()


async def _close_quietly(bench: Bench) -> None:
    try:
        await bench.close()
    except BrokenError:
        return  # the case has a better reason


async def _check_newness(target: Target, loop: Loop, effort: Effort) -> None:
    """See that a second store does not hold what was put into a first one."""
    from store_contract.samples import a_thread

    bench = Bench(target, loop, effort)
    try:
        try:
            await (await bench.new_store()).save_thread(a_thread(), context=bench.ours)
            page = await (await bench.new_store()).load_threads(10, None, "asc", context=bench.ours)
            found = len(page.data)
        except TargetError:
            raise
        except Exception:  # noqa: BLE001 - a broken store; the cases will say how
            return
        if found:
            raise TargetError(
                "make_store gave a store that is not empty: each call must give a new one, "
                "on a database, schema or file of its own"
            )
    finally:
        await _close_quietly(bench)


def _method_in(error: BaseException | None) -> str:
    """The store's method in which an exception arose, or nothing."""
    while error is not None:
        found = _method_in_traceback(error.__traceback__)
        if found:
            return found
        error = error.__cause__ or error.__context__
    return ""


def _method_in_traceback(traceback: TracebackType | None) -> str:
    while traceback is not None:
        code = traceback.tb_frame.f_code
        ours = traceback.tb_frame.f_globals.get("__name__", "").startswith("store_contract.")
        if code.co_name in METHODS and not ours:
            return code.co_name
        traceback = traceback.tb_next
    return ""

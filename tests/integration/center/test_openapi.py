"""The API keeps to its own document under requests that nobody would send (schemathesis)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import Failure, FailureGroup

from domain.stage import MINUTE_MS
from tests.integration.center.conftest import Serve
from tests.support.candidates import Laptop, add_sample

EXAMPLES, MANY = 2, 20  # of each operation and mode


@schemathesis.serializer("application/zip")
def as_bytes(_context: Any, value: Any) -> bytes:
    """A zip is whatever bytes it is."""
    return value.encode(errors="replace") if isinstance(value, str) else bytes(value)


def told(operation: Any, mode: GenerationMode, headers: dict[str, str], examples: int) -> Callable[[], None]:
    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
        database=None,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(headers=headers)

    return ask


@pytest.mark.parametrize(
    "examples", [EXAMPLES, pytest.param(MANY, marks=[pytest.mark.drill, pytest.mark.timeout(900)])]
)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_is_as_it_says(serve: Serve, tmp_path: Path, mode: GenerationMode, examples: int) -> None:
    with serve(asks_per_minute=1_000_000, code_failures=1_000_000, login_failures_address=1_000_000) as running:
        add_sample(running.center, tmp_path / "project", start_in_ms=10 * MINUTE_MS)
        laptop = Laptop(running.url).log_in_by_hand(running.center)
        schema = schemathesis.openapi.from_url(f"{running.url}/openapi.json")
        operations: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
        assert len(operations) > 25
        wrong = []
        for operation in operations:
            if "/uploads" in operation.path:
                continue  # tus has a specification and a conformance test of its own
            try:
                told(operation, mode, laptop.headers() if "/interview" in operation.path else {}, examples)()
            except Unsatisfiable:
                continue  # it takes nothing, so nothing can be wrong with it
            except (Failure, FailureGroup) as why:
                wrong.append(f"{operation.label}: {_words(why)}")
        laptop.close()
        assert not wrong, "\n\n".join(wrong)


def _words(why: Failure | FailureGroup) -> str:
    return str(why) if isinstance(why, Failure) else "; ".join(f"{one} {one.message}" for one in why.exceptions)

"""One checker for a worker's tests: loading takes a while and it keeps nothing."""

import pytest

from center.faces.checker import FaceChecker
from center.faces.engine import FaceEngine
from center.faces.models import load_models
from center.faces.settings import FaceSettings


@pytest.fixture(scope="session")
def checker() -> FaceChecker:
    return FaceChecker(FaceSettings())


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    return FaceEngine(load_models(), FaceSettings())

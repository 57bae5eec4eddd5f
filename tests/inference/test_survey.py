import json

import psutil
import pytest

from inference import survey
from inference.bandwidth import bandwidth, measure
from inference.machine import MachineWish
from inference.places import state_folder
from inference.process import Engine


def test_the_bandwidth_is_measured_once_and_remembered() -> None:
    first = bandwidth()
    assert first > 1e8
    path = state_folder() / "bandwidth.json"
    (key,) = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({key: 5e9}), encoding="utf-8")
    assert bandwidth() == 5e9


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"x": 1}'])
def test_a_damaged_memory_of_it_is_measured_anew(text: str) -> None:
    (state_folder() / "bandwidth.json").write_text(text, encoding="utf-8")
    assert bandwidth() > 1e8


def test_measuring_needs_no_more_than_one_round() -> None:
    assert measure(seconds=0) > 1e8


def test_this_machine_is_known_without_an_engine() -> None:
    machine = survey.survey(None)
    assert 0 < machine.available <= machine.ram <= psutil.virtual_memory().total
    assert 1 <= machine.performance_cores <= machine.cores
    assert (machine.devices, machine.assumed) == ((), False)
    assert machine.disk_free > 0


def test_nothing_is_measured_for_another_machine() -> None:
    machine, known = survey.machine_wished(MachineWish(ram=64))
    assert (machine.assumed, known) == (True, None)
    assert list(state_folder().iterdir()) == []


@pytest.mark.model
def test_the_engine_is_asked_for_its_devices(engine: Engine) -> None:
    assert all(device.total > 0 for device in survey.survey(engine).devices)

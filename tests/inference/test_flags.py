from dataclasses import replace
from pathlib import Path

import pytest

from inference.flags import TRACE, Launch, Spelled, arguments, flag, spelled, spellings
from inference.machine import Device
from inference.memory import Placement, on_cpu

ENGINES = Path(__file__).with_name("engines")
HELP = """\
----- common params -----

-h,    --help, --usage                  print usage and exit
-t,    --threads N                      number of CPU threads (default: -1)
                                        --not-a-flag is named here only
-fit,  --fit [on|off]                   whether to adjust, see --fit-elsewhere
--spec-draft-threads, -td, --threads-draft N
                                        number of threads to use
--draft-max N                           the argument has been removed. use --spec-draft-n-max
  --model MODEL
"""
CARD = Device("CUDA0", "Card", 1, 1, shared=False, bandwidth=1.0)
ON_CARD = Placement(
    context=32_768,
    ubatch=2048,
    cpu_moe_layers=3,
    device=CARD,
    repack=False,
    load_mode="none",
    cache_ram=1 << 30,
    threads=8,
    engine_device="CUDA0",
)
LAUNCH = Launch(Path("/m/x.gguf"), "x", ON_CARD, effort="low")


def line(build: str, launch: Launch = LAUNCH) -> Spelled:
    known = spellings((ENGINES / f"{build}.txt").read_text(encoding="utf-8"))
    return arguments(launch, 9, known)


def test_every_spelling_of_the_help_is_found_and_what_takes_a_value() -> None:
    switches = "-h --help --usage -t --threads -fit --fit --spec-draft-threads -td --threads-draft"
    valued = "-t --threads -fit --fit --spec-draft-threads -td --threads-draft --model"
    expected = {*switches.split(), "--model", *(f"{name}=" for name in valued.split())}
    assert spellings(HELP) == expected


NEWER = (
    "--model /m/x.gguf --alias x --host 127.0.0.1 --port 9 --ctx-size 32768 --batch-size 2048 "
    "--ubatch-size 2048 --threads 8 --parallel 1 --cache-ram 1024 --flash-attn auto --fit off "
    "--n-gpu-layers 99 --device CUDA0 --n-cpu-moe 3 --load-mode none --no-repack "
    "--cors-origins localhost --jinja --offline --verbosity 4 --no-ui --reasoning-effort low"
)
MID_2025 = (
    "--model /m/x.gguf --alias x --host 127.0.0.1 --port 9 --ctx-size 32768 --batch-size 2048 "
    "--ubatch-size 2048 --threads 8 --parallel 1 --flash-attn "
    "--n-gpu-layers 99 --device CUDA0 "
    r"--override-tensor blk\.(0|1|2)\.ffn_(gate|up|down)_exps=CPU --no-mmap "
    '--jinja --no-webui --chat-template-kwargs {"reasoning_effort":"low"}'
)


@pytest.mark.parametrize(
    ("build", "expected", "dropped"),
    [
        ("b10434", NEWER, ()),
        ("b11434", NEWER, ()),
        ("b5500", MID_2025, ("--cache-ram", "--no-repack", "--cors-origins", "--offline")),
    ],
)
def test_a_launch_is_spelled_as_each_build_spells_it(
    build: str, expected: str, dropped: tuple[str, ...]
) -> None:
    told = line(build)
    words = tuple(word.replace(": ", ":") for word in told.line)
    assert (words, told.dropped, told.lacking) == (tuple(expected.split()), dropped, ())


def test_a_build_that_cannot_place_experts_apart_lacks_what_matters() -> None:
    assert line("b3000").lacking == ("--n-cpu-moe",)
    assert line("b3000", replace(LAUNCH, place=on_cpu(8192, 4))).lacking == ()


def test_a_mapped_file_needs_no_flag_of_an_older_build() -> None:
    told = line("b5500", replace(LAUNCH, place=on_cpu(8192, 4)))
    assert "--no-mmap" not in told.line
    assert "--override-tensor" not in told.line
    assert "--load-mode" not in told.dropped


def test_only_a_build_that_keeps_prompts_out_of_its_trace_is_asked_for_it() -> None:
    for build, asked in (("b10434", True), ("b5500", False)):
        help_text = (ENGINES / f"{build}.txt").read_text(encoding="utf-8")
        assert (TRACE in spellings(help_text)) == asked


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (None, ("--threads", "4")),
        ({"--threads"}, ("--threads", "4")),
        ({"-t"}, ("-t", "4")),
        (set(), ()),
    ],
)
def test_a_wish_is_spelled_as_the_engine_spells_it_or_left_out(known, expected) -> None:
    told = spelled([flag("--threads", "-t", value=4)], known)
    assert told.line == expected
    assert told.dropped == (() if expected else ("--threads",))


def test_a_server_listens_on_loopback_alone_unless_the_network_is_wished() -> None:
    own, shared = line("b10434").line, line("b10434", replace(LAUNCH, lan=True)).line
    assert own[own.index("--host") + 1] == "127.0.0.1"
    assert shared[shared.index("--host") + 1] == "0.0.0.0"
    assert ("--no-ui" in own, "--no-ui" in shared) == (True, False)


def test_tools_for_the_page_bring_the_page_and_no_tools_of_the_engine() -> None:
    with_tools = replace(LAUNCH, mcp_servers=Path("/tools.json"))
    words = line("b10434", with_tools).line
    assert words[words.index("--mcp-servers-config") + 1] == "/tools.json"
    assert not {"--no-ui", "--no-webui", "--tools", "--agent", "--ui-mcp-proxy"} & set(words)
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert "--mcp-servers-config" not in line("b10434").line


def test_an_engine_without_tools_for_the_page_is_told_to_lack_them() -> None:
    spelled = line("b5500", replace(LAUNCH, mcp_servers=Path("/tools.json")))
    assert "--mcp-servers-config" in spelled.lacking

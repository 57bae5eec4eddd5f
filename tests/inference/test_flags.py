from pathlib import Path

import pytest

from inference.flags import Launch, arguments, spellings

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
LAUNCH = Launch(Path("/m/x.gguf"), "x", context_tokens=8192, threads=4, effort="low")


def test_every_spelling_of_the_help_is_found_and_nothing_else() -> None:
    expected = "-h --help --usage -t --threads -fit --fit --spec-draft-threads -td --threads-draft"
    assert spellings(HELP) == {*expected.split(), "--model"}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"--model", "--port"}, ["--model", "/m/x.gguf", "--port", "9"]),
        ({"-m", "--no-webui"}, ["-m", "/m/x.gguf", "--no-webui"]),
        ({"--no-ui", "--no-webui", "--reasoning-effort"}, ["--no-ui", "--reasoning-effort", "low"]),
    ],
)
def test_a_wish_is_spelled_as_the_engine_spells_it_or_left_out(
    known: set[str], expected: list[str]
) -> None:
    assert arguments(LAUNCH, 9, frozenset(known)) == expected


def test_a_server_listens_on_loopback_for_one_person_with_a_bounded_cache() -> None:
    known = frozenset({"--host", "--parallel", "--cache-ram", "--cors-origins", "--ctx-size"})
    line = " ".join(arguments(LAUNCH, 9, known))
    assert line == (
        "--host 127.0.0.1 --ctx-size 8192 --parallel 1 --cache-ram 512 --cors-origins localhost"
    )

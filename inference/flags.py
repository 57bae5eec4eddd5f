"""An engine's own flags: read from its --help, and what we mean spelled in them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from inference.memory import MIB, Placement

# An option's line begins with its spellings, then what it takes; a description is set off.
_SPELLINGS = re.compile(
    r"^ {0,2}(-{1,2}[A-Za-z][\w-]*(?:,\s+-{1,2}[A-Za-z][\w-]*)*)(?: (\S.*?))?(?:\s{2,}(.*))?$"
)
# Of builds that have this level the log tells buffers there; older ones told prompts.
TRACE = "--verbosity=trace"
LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"


@dataclass(frozen=True, slots=True)
class Launch:
    """What a server is started for: the model's first file, its public name, its placement.

    `effort` is a reasoning effort (low, medium, high), None for the model's own. `lan` listens
    on every network of the machine and serves llama-server's own web page. `saves` is where
    prompts that were read are kept. `mcp_servers` is a file of MCP servers whose tools that page
    offers; it is served then, without anything else that llama-server calls tools. `template` is
    a chat template in place of the model's own. `extra` and `environment` are added to what is
    usual.
    """

    model: Path
    alias: str
    place: Placement
    effort: str | None = None
    lan: bool = False
    saves: Path | None = None
    mcp_servers: Path | None = None
    template: Path | None = None
    extra: tuple["FlagWish", ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """One spelling of a wish: words of a command line, for engines that know `needs`.

    A way without needs is open to every engine.
    """

    words: tuple[str, ...]
    needs: str


@dataclass(frozen=True, slots=True)
class FlagWish:
    """One intent: its ways, the best first; what `matters` is never silently left out."""

    ways: tuple[Way, ...]
    matters: bool = False


@dataclass(frozen=True, slots=True)
class Spelled:
    """A command line after the program; what the engine lacks, and what of it matters."""

    line: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


def spellings(help_text: str) -> frozenset[str]:
    """Every flag that works, short and long; one that takes a value also with "=" behind it.

    Those that --help calls removed are left out.
    """
    found: set[str] = {TRACE} if re.search(r"^\s+- 4: trace", help_text, re.MULTILINE) else set()
    for line in help_text.splitlines():
        match = _SPELLINGS.match(line)
        if match and "argument has been removed" not in line:
            names = re.split(r",\s+", match[1])
            found.update(names, (f"{name}=" for name in names if match[2]))
    return frozenset(found)


def flag(*names: str, value: object = None, matters: bool = False) -> FlagWish:
    """A wish that is spelled alike by all engines but for the flag's name."""
    rest = () if value is None else (str(value),)
    return FlagWish(tuple(Way((name, *rest), name) for name in names), matters)


def arguments(launch: Launch, port: int, known: frozenset[str] | None) -> Spelled:
    """The command line after the program, of flags in `known` only.

    The API key is never among them: the environment carries it.
    """
    host = EVERYWHERE if launch.lan else LOOPBACK
    wishes = [
        flag("--model", "-m", value=launch.model, matters=True),
        flag("--alias", "-a", value=launch.alias),
        flag("--host", value=host, matters=True),
        flag("--port", value=port, matters=True),
        *placement(launch.place),
        flag("--cors-origins", value="localhost"),
        flag("--jinja"),
        flag("--offline"),
        FlagWish((Way(("--verbosity", "4"), TRACE), Way((), ""))),
    ]
    if launch.mcp_servers:
        wishes.append(flag("--mcp-servers-config", value=launch.mcp_servers, matters=True))
    if not (launch.lan or launch.mcp_servers):
        wishes.append(flag("--no-ui", "--no-webui"))
    if launch.template:
        wishes.append(flag("--chat-template-file", value=launch.template))
    if launch.effort:
        wishes.append(_effort(launch.effort))
    if launch.saves:
        wishes.append(flag("--slot-save-path", value=launch.saves))
    return spelled([*wishes, *launch.extra], known)


def placement(place: Placement) -> list[FlagWish]:
    """Where a model goes, as flags. We place it ourselves, so the engine must not (--fit off)."""
    on_gpu = place.device is not None
    wishes = [
        flag("--ctx-size", "-c", value=place.context, matters=True),
        flag("--batch-size", "-b", value=place.batch),
        flag("--ubatch-size", "-ub", value=place.ubatch),
        flag("--threads", "-t", value=place.threads),
        flag("--parallel", "-np", value=place.slots),
        flag("--cache-ram", "-cram", value=place.cache_ram // MIB),
        _flash_attention(),
        FlagWish((Way(("--fit", "off"), "--fit"), Way(("-fit", "off"), "-fit"), Way((), ""))),
        flag("--n-gpu-layers", "-ngl", value=99 if on_gpu else 0, matters=on_gpu),
    ]
    if place.engine_device:
        wishes.append(flag("--device", "-dev", value=place.engine_device))
    if on_gpu and place.cpu_moe_layers:
        wishes.append(_experts_in_ram(place.cpu_moe_layers))
    wishes.append(_load_mode(place))
    if not place.repack:
        wishes.append(flag("--no-repack", "-nr"))
    return wishes


def _flash_attention() -> FlagWish:
    """Engines before build 6325 know it as a switch without a value."""
    names = ("--flash-attn", "-fa")
    valued = (Way((name, "auto"), f"{name}=") for name in names)
    return FlagWish((*valued, *(Way((name,), name) for name in names)))


def _experts_in_ram(layers: int) -> FlagWish:
    counted = (Way((name, str(layers)), name) for name in ("--n-cpu-moe", "-ncmoe"))
    pattern = rf"blk\.({'|'.join(map(str, range(layers)))})\.ffn_(gate|up|down)_exps=CPU"
    named = (Way((name, pattern), name) for name in ("--override-tensor", "-ot"))
    return FlagWish((*counted, *named), matters=True)


def _load_mode(place: Placement) -> FlagWish:
    """Engines before --load-mode map a file unless told otherwise."""
    names = ("--load-mode", "-lm")
    newer = (Way((name, place.load_mode), name) for name in names)
    older = Way((), "") if place.load_mode == "mmap" else Way(("--no-mmap",), "--no-mmap")
    return FlagWish((*newer, older))


def _effort(effort: str) -> FlagWish:
    kwargs = f'{{"reasoning_effort": "{effort}"}}'
    names = {"--reasoning-effort": effort, "--chat-template-kwargs": kwargs}
    return FlagWish(tuple(Way((name, value), name) for name, value in names.items()))


def spelled(wishes: Iterable[FlagWish], known: frozenset[str] | None) -> Spelled:
    """The wishes in an engine's own spelling; without an engine in the newest one."""
    line: list[str] = []
    dropped: list[str] = []
    lacking: list[str] = []
    for wish in wishes:
        way = next((w for w in wish.ways if known is None or not w.needs or w.needs in known), None)
        if way:
            line += way.words
        else:
            (lacking if wish.matters else dropped).append(wish.ways[0].needs.rstrip("="))
    return Spelled(tuple(line), tuple(dropped), tuple(lacking))

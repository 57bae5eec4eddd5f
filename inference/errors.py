"""Everything that can go wrong around the model server, sorted by who must act.

InferenceError
├── PersonMustAct      settings, names, disk, a missing program: exit 2
└── ServerUnavailable  the model server is down, died or is too slow: exit 3
"""

from typing import ClassVar


class InferenceError(Exception):
    """Base. A subclass sets `template`: what happened, to what, and what to type next.

    `slots` keeps the values that filled the template, so that a front end can say the same
    sentence in another language; it looks the sentence up by the class name.
    """

    template: ClassVar[str] = "{message}"
    exit_code: ClassVar[int] = 3

    def __init__(self, **slots: object) -> None:
        self.slots = slots
        super().__init__(self.template.format(**slots))


class PersonMustAct(InferenceError):
    """Trying again does not help until the person changes something."""

    exit_code = 2


class ServerUnavailable(InferenceError):
    """The model server cannot answer now."""


# Models


class UnknownModel(PersonMustAct):
    template = (
        "no model is called '{name}'; the nearest is '{nearest}'. All of them: kotae model list"
    )


class ModelNotInstalled(PersonMustAct):
    template = "model {name} is not on this machine. Fetch it with: kotae model pull {name}"


class NoModelInstalled(PersonMustAct):
    template = (
        "no model that this machine can run is installed. Fetch one with: "
        "kotae model pull {suggestion}"
    )


class ModelFileMissing(PersonMustAct):
    template = "there is no model file {path}"


class NotAModelFile(PersonMustAct):
    template = "{path} is not a GGUF model file. Models that can be fetched: kotae model list"


class ModelFileTruncated(PersonMustAct):
    template = (
        "{file} is incomplete: {actual} bytes instead of {expected}. "
        "Fetch it again with: kotae model pull {name}"
    )


class ModelFileAltered(PersonMustAct):
    template = (
        "{file} is not the published file: its SHA-256 differs. "
        "Fetch it again with: kotae model pull {name}"
    )


class ModelPartMissing(PersonMustAct):
    template = (
        "the model has {count} files, and {file} is not in {folder}. Fetch that file again, "
        "or the whole model with: kotae model pull"
    )


class ModelPartTruncated(PersonMustAct):
    template = "{file} is incomplete: it ends after {actual} bytes. Fetch that file again"


class HeaderUnreachable(ServerUnavailable):
    template = (
        "the model's header could not be read from {url} ({reason}). Check the address, or fetch "
        "the file and name its path"
    )


class ShapeUnknown(PersonMustAct):
    template = (
        "{model} cannot be planned: its header does not say {key}. Models that can be planned: "
        "kotae model list"
    )


class ModelDoesNotFit(PersonMustAct):
    template = (
        "{model} does not fit: it needs {needed} MiB of RAM, this machine has {ram} MiB, "
        "{missing} MiB are missing. What would fit: kotae model plan {model}. To load it all the "
        "same: --force"
    )


class UnknownGpu(PersonMustAct):
    template = (
        "no GPU is called '{name}' here; the nearest is '{nearest}'. Others: --gpu card "
        "--vram GIB, --gpu integrated, --gpu unified, --gpu none"
    )


# Downloads


class Offline(PersonMustAct):
    template = (
        "model {name} must be fetched, but KOTAE_OFFLINE is set. "
        "Unset it, then type: kotae model pull {name}"
    )


class NothingToAdopt(PersonMustAct):
    template = (
        "{folder} holds no {file} for model {name}. A GGUF file of another name can be started by "
        "its path: kotae model start PATH"
    )


class NotEnoughDisk(PersonMustAct):
    template = (
        "{name} needs {needed} more in {folder}, and {free} are free. "
        "Make room, or set KOTAE_MODELS_DIR (KOTAE_ENGINES_DIR) to another disk"
    )


class NoSource(ServerUnavailable):
    template = (
        "model {name} could not be fetched ({tried}). What came is kept; "
        "go on with: kotae model pull {name}"
    )


class DownloadAltered(ServerUnavailable):
    template = (
        "what {source} sent for {file} is not the published file (SHA-256 differs); it was "
        "deleted. Try again with: {again}"
    )


class FolderNotWritable(PersonMustAct):
    template = "kotae cannot write in {folder} ({reason}). Set {variable} to another folder"


# Engine


class NoEngine(PersonMustAct):
    template = (
        'no llama-server works here ({tried}). Install one with: pip install "kotae[engine]"; '
        "or name one with KOTAE_ENGINE=/path/to/llama-server"
    )


class EngineBroken(PersonMustAct):
    template = (
        "the engine {engine} does not work: {reason}. Name another with KOTAE_ENGINE, or unset it "
        "to have one found"
    )


class EngineNotFetched(ServerUnavailable):
    template = "llama-server could not be fetched ({reason}). Install it with: {command}"


class UnknownVariant(PersonMustAct):
    template = "the newest release has no archive '{variant}'. It has: {known}"


class EngineLacks(PersonMustAct):
    template = (
        "the engine {engine} is too old for this plan: it does not know {flags}. Install a newer "
        "one with: kotae engine install"
    )


# The server


class ServerDied(ServerUnavailable):
    template = (
        "llama-server ended with {model} (exit code {code}); its log {log} ends with:\n{tail}"
    )


class ServerOutOfMemory(ServerUnavailable):
    template = (
        "the memory did not suffice for {model} ({detail}). Close other programs, ask for a "
        "smaller context with --context, or see: kotae model plan {model}"
    )


class ServerKilled(ServerUnavailable):
    template = (
        "llama-server with {model} was killed from outside (signal 9), not for lack of memory. "
        "Start it again with: kotae model start {model}"
    )


class ServerFlagRefused(ServerUnavailable):
    template = (
        "llama-server refuses a setting for {model}: {detail}. Another build may take it: "
        "kotae engine list"
    )


class ServerModelUnreadable(ServerUnavailable):
    template = (
        "llama-server cannot read the files of {model}: {detail}. Complete them with: "
        "kotae model pull {model}"
    )


class ServerDriverFailed(ServerUnavailable):
    template = (
        "the graphics driver failed with {model}: {detail}. Update the driver, or go on without "
        "the GPU: kotae model start {model} --no-gpu"
    )


class BuiltForAnotherProcessor(ServerUnavailable):
    template = (
        "llama-server is built for another processor (illegal instruction while running {model}). "
        "Try those that are here with: kotae engine test"
    )


class SupervisorLost(ServerUnavailable):
    template = (
        "the process that keeps the model server ended while it started {model}; its log: {log}. "
        "Try again with: kotae model start {model}"
    )


class ServerNotReady(ServerUnavailable):
    template = "llama-server has not loaded {model} within {seconds} s; its log: {log}"


class NoPort(ServerUnavailable):
    template = "every port tried on 127.0.0.1 was taken by another program ({ports}); try again"


class AnotherModelRuns(PersonMustAct):
    template = "the server runs {running}, not {wanted}. Stop it first with: kotae model stop"


class RunsWithoutTools(PersonMustAct):
    template = "{running} runs without these tools already. Stop it first with: kotae model stop"


# Measuring


class MeasuringFailed(ServerUnavailable):
    template = "the model server could not be measured: {reason}. Its log: kotae model status"


class NothingMeasured(ServerUnavailable):
    template = (
        "nothing could be measured: the model does not run as planned ({reason}). "
        "Look at the plan: kotae model plan"
    )


class ServerInTheWay(PersonMustAct):
    template = (
        "{model} runs, and tuning needs the machine for itself. Stop it first with: "
        "kotae model stop"
    )


# Endpoints


class EndpointUnreachable(ServerUnavailable):
    template = (
        "no model server answers at {url} ({reason}). Start it, or correct --endpoint; "
        "without --endpoint kotae starts its own"
    )


class EndpointLoading(ServerUnavailable):
    template = "the model server at {url} is still loading its model; ask again in a moment"


class NotAnEndpoint(PersonMustAct):
    template = (
        "{url} answers, but not as an OpenAI-compatible model server. Correct --endpoint "
        "(for example http://127.0.0.1:8080/v1)"
    )


class EndpointRefusesKey(PersonMustAct):
    template = "the model server at {url} refuses the API key. Set KOTAE_API_KEY to its key"


class ModelNotServed(PersonMustAct):
    template = "{url} does not serve '{model}'. It serves: {served}"

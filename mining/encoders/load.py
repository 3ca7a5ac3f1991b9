"""A masked language model by its name: a folder, or an id of the model hub."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mining.encoders.device import choose_device
from people.errors import UserError

if TYPE_CHECKING:
    import torch

SECONDS = 10  # that a hub may take to answer


class EncoderMissing(UserError):
    """The encoder cannot be had; says which, what was tried, and what to do."""

    def __init__(self, name: str, tried: str, reason: str) -> None:
        super().__init__(
            f"The encoder “{name}” could not be loaded. Tried: {tried}. Reason: {reason}. "
            "Give the path of a folder with config.json, tokenizer and weights, or an id of the model hub "
            "that this machine can reach, or train one on the corpus: manage.py train_encoder NAME."
        )
        self.name = name


@dataclass(frozen=True)
class Encoder:
    """A masked language model ready to predict. max_tokens: of an input, special ones included."""

    name: str
    model: Any
    tokenizer: Any
    device: "torch.device"
    max_tokens: int

    @property
    def vocabulary(self) -> int:
        return int(self.model.config.vocab_size)


def looks_like_path(name: str) -> bool:
    return name.startswith(("/", "./", "../", "~")) or "\\" in name or Path(name).is_dir()


def load_encoder(source: str, *, name: str = "", threads: int = 0) -> Encoder:
    """Load from a folder or, where `source` is no path, from the hub or its cache on this machine.

    `name`: how it is called in messages. Raises EncoderMissing.
    """
    name = name or source
    if looks_like_path(source):
        folder = Path(source).expanduser()
        tried = f"the folder {folder}"
        if not folder.is_dir():
            raise EncoderMissing(name, tried, "there is no such folder")
        if not (folder / "config.json").is_file():
            raise EncoderMissing(name, tried, "it holds no config.json")
        return _load(str(folder), name, tried, threads, local=True)
    try:
        # What an earlier run fetched needs no hub.
        return _load(source, name, "the cache on this machine", threads, local=True)
    except EncoderMissing as error:
        tried = f"the cache on this machine and the model hub, under the id {source}"
        if isinstance(error.__cause__, OSError):
            _ask_hub(source, name, tried)
            return _load(source, name, tried, threads, local=False)
        raise


def _ask_hub(source: str, name: str, tried: str) -> None:
    """One short question, because the loader would ask a silent hub again for most of a minute."""
    import httpx
    from huggingface_hub import constants

    try:
        answer = httpx.get(f"{constants.ENDPOINT}/api/models/{source}", timeout=SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EncoderMissing(
            name, tried, f"{constants.ENDPOINT} does not answer ({_first_line(error)})"
        ) from error
    if answer.status_code in (401, 403, 404):
        raise EncoderMissing(name, tried, f"{constants.ENDPOINT} shows no model of this id")


def _load(source: str, name: str, tried: str, threads: int, *, local: bool) -> Encoder:
    from safetensors import SafetensorError
    from transformers import AutoModelForMaskedLM, AutoTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    device = choose_device(threads)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source, local_files_only=local)
        model, told = AutoModelForMaskedLM.from_pretrained(
            source, local_files_only=local, output_loading_info=True
        )
    # What transformers raises for a missing, unreachable, broken or strange model.
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        raise EncoderMissing(name, tried, _first_line(error)) from error
    if missing := sorted(told["missing_keys"]):
        # Such a model would fill gaps at random.
        raise EncoderMissing(
            name, tried, f"it holds no weights for {missing[0]} ({len(missing)} are missing)"
        )
    if not tokenizer.is_fast:
        raise EncoderMissing(name, tried, "its tokenizer does not tell where tokens stand in the text")
    if tokenizer.mask_token_id is None:
        raise EncoderMissing(name, tried, "its tokenizer has no mask token, so it cannot fill gaps")
    model.to(device).eval()
    most = int(getattr(model.config, "max_position_embeddings", 512) or 512)
    # RoBERTa counts positions from its padding id on.
    most -= 2 if model.config.model_type in ("roberta", "xlm-roberta", "camembert") else 0
    return Encoder(name, model, tokenizer, device, min(most, 512))


def _first_line(error: Exception) -> str:
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    return text.rstrip(".")[:300]

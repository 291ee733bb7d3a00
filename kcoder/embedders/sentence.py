"""Vectors of a sentence-transformers model, from the hub or from a folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kcoder import hub
from kcoder.artifact import canonical, digest_of, file_digest
from kcoder.embedder import Embedder
from kcoder.errors import KcoderError, MachineLacksError, UsageError
from kcoder.host import Host
from kcoder.plugin import option

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl
    from sentence_transformers import SentenceTransformer

Seen = tuple[Path, int, int, int]

#: What a model's folder may hold that is of use. Pickled weights can run programs when they are opened.
WANTED = ("*.safetensors", "*.json", "*.txt", "*.model")
#: texts embedded between two looks at whether the person asked to stop
AT_ONCE = 1024


class Sentence(Embedder):
    """Each text once, behind the prefix the model was trained with: equal texts have equal vectors.

    What exceeds `max_length` is cut off. Runs in float32; the last digits depend on machine and batch.
    """

    word: ClassVar[str | None] = "model"
    #: `world` names what model and commit stand for; the size of a batch moves last digits
    unkeyed: ClassVar[frozenset[str]] = frozenset({"model", "commit", "batch"})

    model: str = option("intfloat/e5-base-v2", "OWNER/NAME on the hub, or a folder", source="P4 §2.3", min_length=1)
    commit: str = option("main", "of a model on the hub: commit, tag or branch", source="own choice", min_length=1)
    prefix: str = option("query: ", "put before each text; e5 is trained with one", source="Wang et al. 2022 (E5)")
    batch: int = option(32, "texts embedded together", source="sentence-transformers", gt=0)
    max_length: int = option(512, "tokens of a text that are read", source="Wang et al. 2022 (E5)", gt=0)

    def world(self) -> dict[str, Any]:
        """The digest of a folder's files, or the commit on the hub."""
        if folder := self._folder():
            return {"digest": digest_of(canonical(_digests(folder)))}
        return hub.facts(self.model, self.commit, kind="model")

    def recall(self, facts: Mapping[str, Any]) -> bool:
        return not self._folder() and hub.recall(self.model, self.commit, facts, kind="model")

    def title(self) -> str:
        world = self.world()
        model = Path(self.model).name if "digest" in world else self.model
        pinned = world.get("digest") or world["commit"]
        prefix = f"prefix {self.prefix!r}" if self.prefix else "no prefix"
        return f"{model} at {pinned[:12]}, {prefix}, {self.max_length} tokens"

    def embed(self, texts: pl.Series, host: Host) -> npt.NDArray[np.float32]:
        import numpy as np

        model = self._open(host)
        each = texts.fill_null("").unique(maintain_order=True)
        # long ones first: a batch is as wide as its longest text, and memory that will not do fails at once
        order = each.str.len_bytes().arg_sort(descending=True)
        made = np.empty((len(each), model.get_embedding_dimension() or 0), np.float32)
        for start in range(0, len(order), AT_ONCE):
            host.check()
            some = order[start : start + AT_ONCE]
            made[some.to_numpy()] = model.encode(
                each.gather(some).to_list(),
                prompt=self.prefix or None,
                batch_size=self.batch,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            host.progress(f"{min(start + AT_ONCE, len(order)):,} of {len(order):,} texts embedded")
        place = dict(zip(each, range(len(each)), strict=True))
        found: npt.NDArray[np.float32] = made[[place[text] for text in texts.fill_null("")]]
        return found

    def _open(self, host: Host) -> SentenceTransformer:
        from kcoder.training.machine import quiet, settle

        quiet()
        try:
            import_module("sentence_transformers")
        except ImportError:
            hint = "pip install 'kcoder[embed]', or choose the embedder hashing: it downloads nothing"
            raise MachineLacksError("the embedder sentence needs the package sentence-transformers", hint) from None
        folder = self._folder() or self._fetched(host)
        if not any(folder.rglob("*.safetensors")):
            hint = "pickled weights are refused: opening them can run a program"
            raise UsageError(f"{folder} holds no weights as safetensors", hint)
        weights = sum(file.stat().st_size for file in folder.rglob("*.safetensors"))
        # float32 takes four bytes for each parameter
        machine = settle(host, weights // 4)
        model = _opened(folder, _seen(folder), machine.device)
        most = getattr(model[0].config, "max_position_embeddings", self.max_length)
        if self.max_length > most:
            raise UsageError(f"{self.model} reads {most} tokens at most, not {self.max_length}", f"max_length: {most}")
        model.max_seq_length = self.max_length
        return model

    def _folder(self) -> Path | None:
        folder = Path(self.model).expanduser()
        return folder if folder.is_dir() else None

    def _fetched(self, host: Host) -> Path:
        from huggingface_hub import snapshot_download

        pinned = hub.commit(self.model, self.commit, kind="model")
        try:
            return Path(
                snapshot_download(
                    self.model, revision=pinned, allow_patterns=list(WANTED), local_files_only=host.offline
                )
            )
        except KcoderError:
            raise
        except Exception as error:  # of many kinds: network, proxy, licence, full disk
            raise hub.unreachable(self.model, "model", error) from error


@lru_cache(maxsize=1)  # many texts come in many calls; a second model is seldom, and each holds hundreds of megabytes
def _opened(folder: Path, seen: tuple[Seen, ...], device: str) -> SentenceTransformer:
    """The model, opened once as long as its files, which were seen so, are the same."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(
        str(folder),
        device=device,
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True, "dtype": "float32"},
    )


def _seen(folder: Path) -> tuple[Seen, ...]:
    """Path, size, time of change and inode of each file that the model is made of."""
    files = sorted({file for pattern in WANTED for file in folder.rglob(pattern) if file.is_file()})
    return tuple((file, (told := file.stat()).st_size, told.st_mtime_ns, told.st_ino) for file in files)


def _digests(folder: Path) -> dict[str, str]:
    """The sha256 of each of these files, by its name in the folder."""
    return {seen[0].relative_to(folder).as_posix(): _digest(*seen) for seen in _seen(folder)}


@cache
def _digest(path: Path, size: int, changed: int, inode: int) -> str:
    return file_digest(path)

"""The hub: which commit a name stands for, whether it may be read, and rows streamed from a data set.

A commit is asked for once: a run pins it in its `lock.json`, and everything of that run reads that commit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kcoder.errors import KcoderError, MachineLacksError, UsageError
from kcoder.host import Host

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["model", "dataset"]
#: rows that are streamed together
BATCH = 2000
#: seconds the hub has to answer a question
PATIENCE = 20

#: commits known to this process, asked or pinned
_commits: dict[tuple[str, str, str], str] = {}


def named(name: str, kind: Kind) -> None:
    """Raises UsageError for what no repository can be called."""
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name):
        raise UsageError(f"there is no folder {name}, and no {_word(kind)} on the hub can be called that")


def commit(name: str, revision: str = "main", *, kind: Kind = "dataset") -> str:
    """The commit a revision stands for: as pinned, as the local cache has it, or the hub's newest.

    Asking the hub also asks whether the files may be read. Raises MachineLacksError where they may not, or where
    there is no answer.
    """
    named(name, kind)
    known = (kind, name, revision)
    if known not in _commits:
        _commits[known] = _cached(name, revision, kind) or _asked(name, revision, kind)
    return _commits[known]


def facts(name: str, revision: str = "main", *, kind: Kind = "dataset") -> dict[str, Any]:
    """What a plugin's `world` says of something on the hub."""
    return {"hub": name, "commit": commit(name, revision, kind=kind)}


def recall(name: str, revision: str, told: Mapping[str, Any], *, kind: Kind = "dataset") -> bool:
    """Pin what an earlier run wrote down: from now on this revision is that commit. Whether there was any."""
    if told.get("hub") != name or not isinstance(told.get("commit"), str):
        return False
    _commits[kind, name, revision] = told["commit"]
    return True


def batches(
    name: str,
    *,
    commit: str,
    host: Host,
    config: str | None = None,
    folder: str | None = None,
    split: str = "train",
) -> Iterator[pl.DataFrame]:
    """The rows of a data set at a commit, streamed: memory holds one batch. `folder` narrows to a part of the files.

    Offline the whole snapshot must be in the local cache. Raises MachineLacksError where the data cannot be had and
    UsageError for a configuration, folder or split that is not there.
    """
    import datasets
    import polars as pl
    from datasets.exceptions import DatasetNotFoundError

    datasets.disable_progress_bars()
    where: dict[str, Any] = {"path": name, "revision": commit}
    if host.offline:
        where = {"path": _snapshot(name, commit)}
    try:
        rows = datasets.load_dataset(**where, name=config, data_dir=folder, split=split, streaming=True)
        for table in rows.with_format("arrow").iter(batch_size=BATCH):
            host.check()
            yield pl.from_arrow(table)  # type: ignore[misc]  # a table becomes a frame
    except KcoderError:
        raise
    except (ValueError, FileNotFoundError) as error:
        if isinstance(error, DatasetNotFoundError) or re.search(r"LocalEntryNotFound|Connect|[Oo]ffline", str(error)):
            raise unreachable(name, "dataset", error) from error
        asked = ", ".join(f"{k} {v}" for k, v in (("config", config), ("folder", folder), ("split", split)) if v)
        reason = str(error).splitlines()[0][:200]
        raise UsageError(f"{name} has nothing for {asked}: {reason}", "see its page on the hub") from error
    except Exception as error:  # of many kinds: network, proxy, licence, damaged files
        raise unreachable(name, "dataset", error) from error


def licence(name: str, commit: str) -> str | None:
    """The licence that a data set's card names; None where there is none, or the hub gives no answer."""
    from huggingface_hub import HfApi

    try:
        card = HfApi().dataset_info(name, revision=commit, timeout=PATIENCE).card_data
    except Exception:  # the rows were had; what the card says is a courtesy
        return None
    told = card.get("license") if card else None
    return ", ".join(told) if isinstance(told, list) else told


def unreachable(name: str, kind: Kind, error: Exception) -> MachineLacksError:
    """What to do when the hub refuses, or does not answer."""
    page = f"https://huggingface.co/{'datasets/' if kind == 'dataset' else ''}{name}"
    known = type(error).__name__
    if known == "GatedRepoError" or (known == "DatasetNotFoundError" and "gated dataset" in str(error)):
        return MachineLacksError(
            f"the {_word(kind)} {name} is gated, and this machine has no right to it",
            f"accept its licence on {page}, then set HF_TOKEN (https://huggingface.co/settings/tokens)",
        )
    if known in ("RepositoryNotFoundError", "DatasetNotFoundError", "RevisionNotFoundError"):
        return MachineLacksError(
            f"the hub has no {_word(kind)} {name}, or no such revision, or this machine may not see it",
            f"look at {page}; a private one needs HF_TOKEN",
        )
    return MachineLacksError(
        f"the {_word(kind)} {name} is not in the local cache, and the hub gave no answer: {known}",
        "run once with the network; a gated one also needs its licence accepted and HF_TOKEN set",
    )


def _cached(name: str, revision: str, kind: Kind) -> str | None:
    if re.fullmatch(r"[0-9a-f]{40}", revision):
        return revision
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    kept = Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=name, repo_type=kind) / "refs" / revision
    return kept.read_text("utf-8").strip() if kept.is_file() else None


def _asked(name: str, revision: str, kind: Kind) -> str:
    from huggingface_hub import HfApi

    try:
        found = HfApi().repo_info(name, revision=revision, repo_type=kind, timeout=PATIENCE)
        if getattr(found, "gated", False):
            HfApi().auth_check(name, repo_type=kind)
    except Exception as error:  # of many kinds: network, proxy, licence, no such repository
        raise unreachable(name, kind, error) from error
    return str(found.sha)


def _snapshot(name: str, commit: str) -> str:
    from huggingface_hub import snapshot_download

    try:
        return str(snapshot_download(name, repo_type="dataset", revision=commit, local_files_only=True))
    except Exception as error:
        raise unreachable(name, "dataset", error) from error


def _word(kind: Kind) -> str:
    return {"model": "model", "dataset": "data set"}[kind]

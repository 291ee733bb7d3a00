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
#: a data set's card
CARD = "README.md"

#: commits known to this process, asked or pinned
_commits: dict[tuple[str, str, str], str] = {}


def named(name: str, kind: Kind) -> None:
    """Raises UsageError for what no repository can be called."""
    if not re.fullmatch(r"(?![.-])[\w.-]+(?<![.-])(/(?![.-])[\w.-]+(?<![.-]))?", name):
        raise UsageError(f"there is no folder {name}, and no {_word(kind)} on the hub can be called that")


def commit(name: str, revision: str = "main", *, kind: Kind = "dataset") -> str:
    """The commit a revision stands for: as pinned, as the local cache has it, or the hub's newest.

    With it goes whether the files can be read: they are in the cache, or the hub is asked whether they may be. A data
    set is streamed from the hub, so its files in the cache count offline alone. Raises MachineLacksError where the
    files may not be read, or there is no answer.
    """
    named(name, kind)
    known = (kind, name, revision)
    if known not in _commits:
        from huggingface_hub import constants

        kept = _cached(name, revision, kind)
        enough = kind == "model" or constants.HF_HUB_OFFLINE
        here = kept is not None and enough and _has_files(name, kept, kind)
        _commits[known] = kept if kept and here else _asked(name, kept or revision, kind)
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


def file(name: str, path: str, *, commit: str, host: Host) -> Path:
    """A file of a data set at a commit, fetched into the local cache. For what comes with a program, which nobody runs.

    Raises UsageError where the data set has no such file and MachineLacksError where it cannot be had.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import RemoteEntryNotFoundError

    try:
        return Path(hf_hub_download(name, path, repo_type="dataset", revision=commit, local_files_only=host.offline))
    except RemoteEntryNotFoundError as error:
        raise UsageError(f"{name} has no file {path}", "see its page on the hub") from error
    except Exception as error:  # of many kinds: network, proxy, licence
        raise unreachable(name, "dataset", error) from error


def licence(name: str, commit: str, host: Host) -> str | None:
    """The licence that a data set's card names at a commit; None where it has no card, or that names none.

    Raises MachineLacksError where the card cannot be had: what is known of a row must not depend on the network.
    """
    from huggingface_hub import metadata_load, try_to_load_from_cache

    known = try_to_load_from_cache(name, CARD, repo_type="dataset", revision=commit)
    if known is not None and not isinstance(known, str):  # the hub has said that there is none
        return None
    try:
        card = metadata_load(file(name, CARD, commit=commit, host=host)) or {}
    except UsageError:
        return None
    told = card.get("license")
    return ", ".join(map(str, told)) if isinstance(told, list) else told


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
    if known == "RuntimeError" and "scripts are no longer supported" in str(error):
        return MachineLacksError(
            f"the {_word(kind)} {name} comes with a program that would have to be run: {error}",
            f"fetch its files from {page} and read those, or try the hub's own copy, commit: refs/convert/parquet",
        )
    return MachineLacksError(
        f"the {_word(kind)} {name} is not in the local cache, and the hub gave no answer: {known}",
        "run once with the network; a gated one also needs its licence accepted and HF_TOKEN set",
    )


def _cached(name: str, revision: str, kind: Kind) -> str | None:
    """The commit that the revision is, or that the local cache knows it by."""
    if re.fullmatch(r"[0-9a-f]{40}", revision):
        return revision
    kept = _cache(name, kind) / "refs" / revision
    return kept.read_text("utf-8").strip() if kept.is_file() else None


def cached(name: str, file: str, *, kind: Kind) -> Path | None:
    """A file of the newest commit that the local cache knows, if it is there. Nobody is asked."""
    commit = _cached(name, "main", kind)
    found = _cache(name, kind) / "snapshots" / commit / file if commit else None
    return found if found and found.is_file() else None


def _has_files(name: str, commit: str, kind: Kind) -> bool:
    """Whether the cache holds files of this commit; a card alone, which everybody may read, is none."""
    files = (path for path in (_cache(name, kind) / "snapshots" / commit).rglob("*") if path.is_file())
    return any(path.name != CARD and not path.name.startswith(".") for path in files)


def _cache(name: str, kind: Kind) -> Path:
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    return Path(constants.HF_HUB_CACHE) / repo_folder_name(repo_id=name, repo_type=kind)


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

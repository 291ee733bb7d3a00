"""Whether the hub can be asked, and as whom. `python -m kcoder.probes.access` tells it; a token is never shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kcoder.finding import Finding, begin, tell
from kcoder.probes.children import Child

#: seconds that the hub has to answer
PATIENCE = 5.0
#: what the hub says to a token that it does not know, or not any more
REFUSED = (401, 403)
SETTINGS = "https://huggingface.co/settings/tokens"
TOKEN, ANSWERS = "token", "answer"


def access() -> Child:
    return Child(ANSWERS, ("-m", "kcoder.probes.access"), "asking the hub", seconds=4 * PATIENCE, online=True)


def findings() -> Iterator[Finding]:
    from huggingface_hub import constants, get_session, get_token

    where = place(os.environ, Path(constants.HF_TOKEN_PATH))
    token = get_token()
    if constants.HF_HUB_OFFLINE:
        yield unasked(where)
        yield Finding(ANSWERS, True, "not asked for: HF_HUB_OFFLINE is set", facts={"offline": True})
        return
    path = "/api/whoami-v2" if token else "/api/models?limit=1"
    headers = {"authorization": f"Bearer {token}"} if token else {}
    try:
        status = get_session().get(constants.ENDPOINT + path, headers=headers, timeout=PATIENCE).status_code
    except Exception as error:  # of many kinds: no network, a proxy, a name that is not known, time
        yield unasked(where)
        told = f"none from {constants.ENDPOINT} ({type(error).__name__}): what follows is what this machine has"
        yield Finding(ANSWERS, False, told, "look at the network and its proxy, or HF_HUB_OFFLINE=1", {"offline": True})
        return
    yield known(where, status) if token else unasked(where)
    facts = {"offline": False, "status": status}
    if status == 200 or (token and status in REFUSED):
        yield Finding(ANSWERS, True, f"from {constants.ENDPOINT}", facts=facts)
    else:
        told = f"an odd one, with status {status}, from {constants.ENDPOINT} or a proxy before it"
        yield Finding(ANSWERS, False, told, "try again later, or HF_HUB_OFFLINE=1", facts)


def place(environment: Mapping[str, str], file: Path) -> str:
    """Where a token would be taken from; nothing where there is none."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if environment.get(name, "").strip():
            return name
    return str(file) if file.is_file() and file.read_text("utf-8").strip() else ""


def unasked(where: str) -> Finding:
    told = f"set, in {where}" if where else "not set: gated data sets and models cannot be read, all others can"
    return Finding(
        TOKEN, True, told, "" if where else f"if you need one: HF_TOKEN, from {SETTINGS}", {"set": bool(where)}
    )


def known(where: str, status: int) -> Finding:
    """What the hub says to the token."""
    if status in REFUSED:
        told = f"set, in {where}, and the hub refuses it"
        return Finding(TOKEN, False, told, f"a new one: {SETTINGS}", {"set": True, "accepted": False})
    accepted = status == 200
    told = f"set, in {where}{', and the hub knows it' if accepted else ''}"
    return Finding(TOKEN, True, told, facts={"set": True, "accepted": accepted})


if __name__ == "__main__":
    begin(ANSWERS)
    for each in findings():
        tell(each)

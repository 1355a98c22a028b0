"""Random lives whose subjects and ids do not meet those of others."""

from typing import Any

from tests.unit.independent.lives import random_life


def life_apart(seed: int, number: int) -> list[dict[str, Any]]:
    """A random life, whose subjects and sources begin with, or end in, a number of its own."""
    apart = []
    for event in random_life(seed):
        moved = event | {"source": f"{event['source']}/{number}"}
        moved["subject"] = f"{number}-{event['subject']}" if event["subject"] else ""
        if event["type"] == "sightline.person.merged.v1":
            into = f"{number}-{str(event['data']['into']).strip()}"
            moved["data"] = event["data"] | {"into": into}
        apart.append(moved)
    return apart

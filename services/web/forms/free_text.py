"""Detection of people in free text: by name, or by how to reach or find them.

The writer is asked to confirm; nothing is changed or refused.

A word is suspected when it is a given name that is common in England, when it follows a title, or
when two capitalised words follow one another that are neither in the list of places and bodies
which such notes often name, nor the beginning of a sentence. Postcodes are of the form of the Royal
Mail (BS 7666); telephone numbers are the United Kingdom's, of ten or eleven digits.
"""

import re
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[A-Z][a-zÀ-ÿ]+(?:['’-][A-Za-zÀ-ÿ]+)*")
_RUN = re.compile(rf"\b{_WORD.pattern}(?:[ \t]+{_WORD.pattern})*")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof)\.?[ \t]+([A-Z][\wÀ-ÿ'’-]+)")
_MOST_SHOWN = 5

_KINDS_OF_STREET = (
    "Avenue|Ave|Close|Court|Crescent|Drive|Gardens|Grove|Hill|House|Lane|Mews|Park|Place|Rise|"
    "Road|Rd|Row|Square|Street|St|Terrace|View|Walk|Way"
)
_DETAILS = {
    "an e-mail address": re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}"),
    "a postcode": re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", re.IGNORECASE),
    "a telephone number": re.compile(r"(?<![\w./-])\(?(?:\+44|0)(?:[ ()-]{0,2}\d){9,10}(?![\w/])"),
    "a street": re.compile(
        rf"\b\d{{1,4}}[A-Za-z]?,?[ \t]{{1,3}}(?:[A-Z][\w'’-]{{1,30}}[ \t]{{1,3}}){{1,3}}"
        rf"(?:{_KINDS_OF_STREET})\b"
    ),
}
"""What may say where somebody lives or how they can be reached."""


@cache
def _word_list(name: str) -> frozenset[str]:
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    words = " ".join(line for line in lines if not line.startswith("#")).split()
    return frozenset(word.casefold() for word in words)


def suspected_names(text: str) -> list[str]:
    """The words that may be a name, as they were written, each once; five at most."""
    given, allowed = _word_list("given_names.txt"), _word_list("words_with_capitals.txt")
    found: dict[str, None] = {}
    for titled in _TITLED.finditer(text):
        found[titled.group(0)] = None
    for run in _RUN.finditer(text):
        words = run.group().split()
        if _begins_sentence(text, run.start()) and words[0].casefold() not in given:
            words = words[1:]
        plain = [word.casefold() for word in words]
        known = any(word in given for word in plain)
        if len(words) > 1 and (known or not any(word in allowed for word in plain)):
            found[" ".join(words)] = None
    listed = {word for phrase in found for word in phrase.split()}
    for word in _WORD.finditer(text):
        if word.group().casefold() in given and word.group() not in listed:
            found[word.group()] = None
    return list(found)[:_MOST_SHOWN]


def suspected_details(text: str) -> list[tuple[str, str]]:
    """What may say where somebody lives or can be reached, as written, with what it may be."""
    found = [
        (match.start(), match.group().strip(), what)
        for what, pattern in _DETAILS.items()
        for match in pattern.finditer(text)
    ]
    return [(words, what) for _, words, what in sorted(found)[:_MOST_SHOWN]]


def _begins_sentence(text: str, position: int) -> bool:
    while position and text[position - 1] in " \t":
        position -= 1
    return not position or text[position - 1] in ".!?:\n"

"""That every language ran the same shared cases and found the same.

Each language's own runner compares what it finds with what a case states, and writes it down where it is asked to. Here the
languages are compared with each other and with the files: a runner that passed over a case, or saw another value in it, fails.
"""

import json

from .suite import ROOT, Counts

SETTING = "SHUTTERKEY_VECTOR_RESULTS"
"""Names the file that a runner writes: `{"language": …, "cases": {id: result}}`."""

LANGUAGES = {
    "device": ("rust", "python", "node", "swift", "kotlin"),
    "server": ("rust", "python", "node"),
}
FOLDER = ROOT / "build" / "vectors"
FIRST, LAST = -62_135_596_800, 253_402_214_400
"""The years 1 and 9999: between them every language's dates can be. Nothing but moments is a number beyond them."""


def results(language):
    """Where a language's runner writes, with nothing there of an earlier run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{language}.json"
    path.unlink(missing_ok=True)
    return path


def same(shell):
    found, total = {}, Counts()
    for language in LANGUAGES["device"]:
        path = FOLDER / f"{language}.json"
        if path.exists():
            found[language] = json.loads(path.read_text(encoding="utf-8"))["cases"]
        total += shell.check(f"{language} wrote down what it found: its suite ran before this one", path.exists())
    cases = _cases()
    for surface, languages in LANGUAGES.items():
        held = {id: case for id, case in cases.items() if case["surface"] == surface}
        for language in languages:
            total += _ran_all(shell, surface, language, held, found.get(language, {}))
        total += _agree(shell, surface, [name for name in languages if name in found], held, found)
    return total


def _cases():
    files = sorted((ROOT / "tests" / "vectors").glob("*.json"))
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in files if path.name != "schema.json"]
    return {case["id"]: case for document in documents for case in document["cases"]}


def _ran_all(shell, surface, language, held, found):
    missing = sorted(set(held) - set(found))
    if missing:
        shell.note(f"{language} did not run {missing[:10]}")
    return shell.check(f"{language} ran all {len(held)} cases of the {surface} surface", not missing)


def _agree(shell, surface, languages, held, found):
    different = []
    for id, case in held.items():
        seen = {language: compared(found[language][id], case["result"]) for language in languages if id in found[language]}
        if len({json.dumps(result, sort_keys=True) for result in seen.values()}) > 1:
            different.append(id)
            shell.note(f"{id}: {seen}")
    what = f"{', '.join(languages)} found the same for all cases of the {surface} surface"
    return shell.check(what, not different and len(languages) > 1)


def compared(result, stated):
    """Of an error, what the case states: the rest is each release's own words."""
    if "error" in stated and isinstance(result.get("error"), dict):
        result = {"error": _limited(result["error"], stated["error"])}
    return _within(result)


def _limited(whole, part):
    if not isinstance(whole, dict) or not isinstance(part, dict):
        return whole
    return {name: _limited(value, part[name]) for name, value in whole.items() if name in part}


def _within(value):
    if isinstance(value, dict):
        return {name: _within(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_within(each) for each in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return max(FIRST, min(LAST, int(value)))
    return value

"""Drives the cases of the Autobahn test suite against a WebSocket that echoes.

    python Tests/Clients/autobahn_cases.py ws://localhost:8787/probes/echo-messages [1.1 7.9.3 ...]

The suite is a program in Python 2 on an old Twisted. Its cases are plain classes, though: they say what is sent,
and what must come. So this loads the classes out of the package from PyPI, in which a text of Python 2 is a text of
Latin-1, and gives them what they speak to, on asyncio: as much of Autobahn's own protocol as they use. No judgment is
made here but theirs.
"""

import asyncio
import importlib.abc
import importlib.util
import pathlib
import re
import sys

from autobahn_peer import PATIENCE, Peer, connect

# Sections 12 and 13 negotiate compression, which is refused; 9.9 is not among the suite's own cases.
FILES = re.compile(r"case(10|[1-7]|9_[1-7])_\w+\.py")


class Python2(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the suite's modules, and the few of others that they name."""

    def __init__(self, folder):
        self.folder = folder

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "autobahn" or name == "case" or (self.folder / (name + ".py")).exists():
            return importlib.util.spec_from_loader(name, self, is_package=name in ("autobahn", "autobahn.websocket"))

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        names = {"xrange": range, "unichr": chr, "hexadecimal": lambda text: text.encode("latin-1").hex()}
        vars(module).update(names, WebSocketProtocol=Peer, Utf8Validator=Utf8Validator)
        if not module.__name__.startswith("autobahn"):
            path = self.folder / (module.__name__ + ".py")
            text = path.read_text(encoding="latin-1")
            text = re.sub(r"^( *)print\b.*", r"\1pass", text, flags=re.MULTILINE)
            text = text.replace("binascii.b2a_hex", "hexadecimal").replace("(object, Case, )", "(Case, )")
            text = text.replace(" / self.p.auto", " // self.p.auto")
            exec(compile("# coding: utf-8\n" + text, str(path), "exec"), vars(module))


class Utf8Validator:
    """Tells whether a text is valid until its end, and ends there."""

    def reset(self):
        pass

    def validate(self, text):
        try:
            text.encode("latin-1").decode()
        except UnicodeDecodeError:
            return False, False
        return True, True


def load():
    """The classes of the cases by their numbers, in order."""
    folder = pathlib.Path(importlib.util.find_spec("autobahntestsuite").submodule_search_locations[0]) / "case"
    finder, before = Python2(folder), set(sys.modules)
    sys.meta_path.insert(0, finder)
    try:
        modules = [importlib.import_module(path.stem) for path in folder.iterdir() if FILES.fullmatch(path.name)]
        case = importlib.import_module("case").Case
    finally:
        sys.meta_path.remove(finder)
        for name in set(sys.modules) - before:
            if isinstance(sys.modules[name].__loader__, Python2):
                del sys.modules[name]
    # Two equal texts that are one object make another pickle than two that are two.
    case.compare = lambda self, one, other: one == other
    found = {}
    for module in modules:
        for value in vars(module).values():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, type) and issubclass(item, case) and item is not case:
                    found[tuple(map(int, item.__name__[4:].split("_")))] = item
    return {".".join(map(str, number)): found[number] for number in sorted(found)}


class Verdict:
    """What a case says of itself in the end."""

    def __init__(self, case):
        self.behavior, self.close = case.behavior, case.behaviorClose
        self.text = f"{case.result} {case.resultClose} It got {str(case.received)[:300]}."

    @property
    def is_passed(self):
        allowed = ("OK", "NON-STRICT", "INFORMATIONAL")
        return self.behavior in allowed and self.close in ("OK", "INFORMATIONAL")


async def run(url, cases, at_once=40, patience=PATIENCE):
    """Runs cases, many at a time, and gives their verdicts by their numbers."""
    gate, verdicts = asyncio.Semaphore(at_once), {}

    async def one(number, kind):
        async with gate:
            peer = Peer(*await connect(url), patience)
            case = kind(peer)
            await peer.run(case)
            verdicts[number] = Verdict(case)

    await asyncio.gather(*(one(number, kind) for number, kind in cases.items()))
    return {number: verdicts[number] for number in cases}


def main(url, *sections):
    chosen = {
        number: kind for number, kind in load().items()
        if not sections or any(f"{number}.".startswith(section + ".") for section in sections)}
    verdicts = asyncio.run(run(url, chosen))
    for number, verdict in verdicts.items():
        if not verdict.is_passed or verdict.behavior == "NON-STRICT":
            print(f"{number}: {verdict.behavior}, close: {verdict.close}. {verdict.text}")
    behaviors = [verdict.behavior if verdict.is_passed else "FAILED" for verdict in verdicts.values()]
    print(", ".join(f"{behaviors.count(kind)} {kind}" for kind in sorted(set(behaviors))), "of", len(behaviors))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The blocks of docs/swift.md and the README: each is compiled in Swift 6 mode as the body of a function, with what the page speaks of in scope."""

import re

from .suite import ROOT

PAGES = [ROOT / "docs" / "swift.md", ROOT / "README.md"]
BLOCK = re.compile(r"^```swift\n(import Shutterkey\n.*?)^```$", re.MULTILINE | re.DOTALL)

SCOPE = """
import Foundation
import Shutterkey
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

struct API {
    struct Account {}
    func startInstagram() async throws -> ShutterkeyLogin { try ShutterkeyLogin("") }
    func finishInstagram(_: Handover) async throws -> Account { Account() }
}
func browse(_ url: URL) async throws -> URL { url }
"""
ARGUMENTS = "api: API, store: any TokenStore, keeper: Keeper, config: ClientConfig, redirect: URL"


def write(path):
    """Writes the program that is compiled, and gives the number of blocks in it."""
    blocks = [block for page in PAGES for block in BLOCK.findall(page.read_text(encoding="utf-8"))]
    bodies = [block.removeprefix("import Shutterkey\n") for block in blocks]
    functions = [f"func block{number}({ARGUMENTS}) async throws {{\n{body}}}\n" for number, body in enumerate(bodies)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SCOPE + "\n".join(functions), encoding="utf-8")
    return len(blocks)

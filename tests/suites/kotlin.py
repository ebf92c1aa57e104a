"""The Kotlin package: built by Maven without a warning, and tested on the JVM."""

from . import counts, mobile, parity, python, tools
from .suite import ROOT, Counts

PACKAGE = ROOT / "bindings-kotlin"
REPORTS = PACKAGE / "target" / "surefire-reports"
EXAMPLE = ROOT / "examples" / "kotlin"
REPOSITORY = ROOT / "build" / "maven"


def tests(shell):
    if not (python.ready(shell) and mobile.ready(shell)):
        return Counts(failed=1)
    total = mobile.drift(shell)
    for report in REPORTS.glob("TEST-*.xml"):
        report.unlink()
    with mobile.world(shell) as settings:
        env = {**settings, parity.SETTING: str(parity.results("kotlin"))}
        # Into the local repository, where the example finds it.
        command = [*maven(), f"-Dshutterkey.native={mobile.library('so')}", "install"]
        ended = shell.run(command, cwd=PACKAGE, env=env)
        total += counts.surefire(ended, [report.read_text(encoding="utf-8") for report in REPORTS.glob("TEST-*.xml")])
        return total + _example(shell, settings)


def maven():
    """Maven, quiet and with a repository of its own: what is installed there is this tree's."""
    return [tools.find("mvn"), "-B", "-ntp", "-Dstyle.color=never", f"-Dmaven.repo.local={REPOSITORY}"]


def _example(shell, settings):
    """The command-line app connects an account through the backend."""
    ended = shell.run([*maven(), "-q", "package"], cwd=EXAMPLE)
    if ended.fine:
        ended = shell.run(["java", "-jar", EXAMPLE / "target" / "connect-account.jar", "--auto-approve"], env=settings)
    return shell.check("the example connects an account through its backend", "connected: studio.sandbox" in ended.output)

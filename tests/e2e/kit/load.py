"""wsload, run to its verdict."""
import json

from .process import binary, run

TRIES = 3  # where other work kept the generator busy the verdict is void, and nothing was measured


def wsload(*flags, env=None):
    """How late events are published is this machine's, not what is tested."""
    return run([binary("wsload"), *flags, "--max-lateness", "30s"], env=env, deadline_s=60)


def told(done):
    return f"exit code {done.exit_code}\n{done.out.text}\n{done.err.text}"


def measured(*flags, exit_code=0, env=None):
    """A run that measured something and ended with the exit code: 0 for PASS, 99 for FAIL."""
    for _ in range(TRIES):
        done = wsload(*flags, env=env)
        if "VOID" not in done.out.text:
            break
    assert done.exit_code == exit_code, told(done)
    return done


def result_of(tmp_path, *flags, secret, env, **options):
    """What such a run wrote as JSON; the secret of its tokens is nowhere to be seen."""
    report = tmp_path / "result.json"
    done = measured(*flags, "--json", str(report), env=env, **options)
    assert secret not in done.out.text + done.err.text + report.read_text()
    return json.loads(report.read_text())

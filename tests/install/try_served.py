"""Start a server, request its first page, and stop it: `try_served.py storytime serve ...`."""

import re
import signal
import subprocess
import sys
import urllib.request


def main() -> None:
    log = []
    with subprocess.Popen(
        [*sys.argv[1:], "--port", "0"], stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        for line in server.stderr:
            log.append(line)
            if "The first build has ended" in line:
                break
        else:
            sys.exit("".join(log))
        found = re.search(r"Serving .* at (\S+)", "".join(log))
        assert found is not None
        with urllib.request.urlopen(found[1], timeout=60) as answer:
            page = answer.read().decode()
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
    if "<title>" not in page or server.returncode != 0:
        sys.exit(f"exit code {server.returncode}, first page:\n{page}")


if __name__ == "__main__":
    main()

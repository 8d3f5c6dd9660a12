"""The container's health check: ask /healthz as the first allowed host would; exit 0 or 1."""

import http.client
import os
import sys

HOST, PORT = "127.0.0.1", 8000
TIMEOUT_S = 5


def main() -> int:
    allowed = os.environ["ALLOWED_HOSTS"].split(",")[0].strip()
    # ".example.org" and "*" are patterns, not names a browser would send.
    name = "localhost" if allowed == "*" else allowed.lstrip(".")
    connection = http.client.HTTPConnection(HOST, PORT, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m config.services start | stop | status`"""

import argparse
import sys

from config import services
from config.services.home import CHECKOUT
from config.services.processes import alive
from config.services.state import private_names, read_state


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=["start", "stop", "status"])
    act = parser.parse_args().act
    try:
        if act == "start":
            services.start()
        elif act == "stop":
            services.stop()
    except services.ServicesError as error:
        print(error, file=sys.stderr)
        return 1
    servers = read_state(CHECKOUT / ".local")
    for name in services.STARTERS:
        if name not in private_names():
            print(f"{name}: given by the environment")
        elif (server := servers.get(name)) and alive(server):
            print(f"{name}: runs on 127.0.0.1:{server.port}, pid {server.pid}")
        else:
            print(f"{name}: stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())

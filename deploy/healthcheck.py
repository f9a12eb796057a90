"""Whether the web part of this container is ready; exit code 1 when it is not."""

import http.client
import os
import sys


def is_ready(port: int, host: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    served = os.environ.get("BAILIWICK_ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    sys.exit(not is_ready(int(os.environ.get("BAILIWICK_PORT") or 8000), served or "localhost"))

"""A clamd that speaks the real protocol over a socket, and knows one virus."""

import socket
import struct
import threading

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"


class FakeClamd:
    """Answers INSTREAM: FOUND where the signature is in the stream. `limit` is its
    StreamMaxLength.
    """

    def __init__(self, limit: int = 10_000_000) -> None:
        self.limit = limit
        self.seen: list[int] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> "FakeClamd":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _address = self._server.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as stream:
                assert stream.readline() == b"nINSTREAM\n"
                content = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(size)
                self.seen.append(len(content))
                if len(content) > self.limit:
                    peer.sendall(b"INSTREAM size limit exceeded. ERROR\n")
                elif EICAR in content:
                    peer.sendall(b"stream: Eicar-Test-Signature FOUND\n")
                else:
                    peer.sendall(b"stream: OK\n")

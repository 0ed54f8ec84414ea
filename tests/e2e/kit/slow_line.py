"""A TCP line between a client and a server that is as slow as a test wants it."""
import socket
import threading

PIECE_BYTES = 2048


class SlowLine:
    """Passes on to `address`; from there to the client one small piece after another, `delay_s` apart, until healed."""

    def __init__(self, address, delay_s):
        self.address = address
        self.delay_s = delay_s
        self._healed = threading.Event()
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self._ends = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def authority(self):
        return "{}:{}".format(*self._listener.getsockname())

    def heal(self):
        self._healed.set()

    def close(self):
        self.heal()
        for end in self._ends:
            end.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # or the kernel would hold seconds of prices
            server.connect(self.address)
            self._ends += [client, server]
            for ends, delay_s in [((client, server), 0), ((server, client), self.delay_s)]:
                threading.Thread(target=self._pass, args=(*ends, delay_s), daemon=True).start()

    def _pass(self, source, target, delay_s):
        try:
            while piece := source.recv(PIECE_BYTES):
                self._healed.wait(delay_s)
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

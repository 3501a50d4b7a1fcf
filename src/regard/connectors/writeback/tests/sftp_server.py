"""A real SFTP server in this process, on loopback, that can be told to fail."""

from __future__ import annotations

import asyncio
import threading

import asyncssh

USER, PASSWORD = "regard", "correct horse"


class SftpServer:
    """`dies` names what kills the connection, once: "write" half-way through a file, "rename" after the file has its name.
    "stall": it goes on listening and never answers again.
    """

    def __init__(self, root, *, host_key=None, port=0, plain_rename=False):
        self.root, self.dies, self.logins, self.plain_rename = root, "", 0, plain_rename
        self.host_key = host_key or asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        self.port = port

        def serve():
            asyncio.set_event_loop(self.loop)
            self.acceptor = self.loop.run_until_complete(self._listen())
            self.port = self.acceptor.get_port()
            ready.set()
            self.loop.run_forever()

        self.thread = threading.Thread(target=serve, daemon=True)
        self.thread.start()
        assert ready.wait(10)

    async def _listen(self):
        server = self

        class Doorkeeper(asyncssh.SSHServer):
            def begin_auth(self, username):
                return True

            def password_auth_supported(self):
                return True

            def validate_password(self, username, password):
                server.logins += 1
                return (username, password) == (USER, PASSWORD)

            def public_key_auth_supported(self):
                return True

            def validate_public_key(self, username, key):
                return username == USER and key == server.client_key.convert_to_public()

        class Files(asyncssh.SFTPServer):
            def __init__(self, channel):
                super().__init__(channel, chroot=str(server.root))

            def _die(self, at):
                if server.dies == at:
                    server.dies = ""
                    self.connection.abort()
                    raise asyncssh.SFTPFailure("gone")

            async def write(self, file, offset, data):
                if server.dies == "stall":
                    await asyncio.sleep(3_600)
                if server.dies == "write":
                    super().write(file, offset, data[: len(data) // 2])
                    file.flush()
                self._die("write")
                return super().write(file, offset, data)

            def posix_rename(self, old, new):
                if server.plain_rename:
                    raise asyncssh.SFTPOpUnsupported("not here")
                super().posix_rename(old, new)
                self._die("rename")

        return await asyncssh.listen(
            "127.0.0.1", self.port, server_host_keys=[self.host_key], server_factory=Doorkeeper, sftp_factory=Files, config=None
        )  # fmt: skip

    @property
    def public_key(self):
        return self.host_key.export_public_key("openssh").decode().strip()

    def stop(self):
        async def close():
            self.acceptor.close()
            await self.acceptor.wait_closed()

        asyncio.run_coroutine_threadsafe(close(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

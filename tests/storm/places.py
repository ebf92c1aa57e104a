"""Where a store is: what a driver is told of it, and what the command has in its environment. `number` is the process's."""


class Folder:
    """A folder of the file store."""

    def __init__(self, path):
        self._path = str(path)

    def told(self, _number):
        return {"folder": self._path}

    def variables(self, _number):
        return {"SHUTTERKEY_STORE": self._path}


class Database:
    """A PostgreSQL database, in the schema that everybody has who names none."""

    def __init__(self, servers, seal_keys):
        self._servers = servers
        self._seal_keys = seal_keys

    def told(self, number):
        return {"address": self._address(number), "seal_keys": self._seal_keys}

    def variables(self, number):
        return {
            "SHUTTERKEY_STORE": "postgres",
            "SHUTTERKEY_DATABASE_URL": self._address(number),
            "SHUTTERKEY_SEAL_KEYS": self._seal_keys,
        }

    def _address(self, number):
        # Half of those who share go through the pooler.
        port = self._servers[("port", "bouncer_port")[number % 2]]
        return f"postgres://app:{self._servers['app']}@localhost:{port}/{self._servers['storm_database']}"

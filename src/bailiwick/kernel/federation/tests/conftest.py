from bailiwick.kernel.federation.tests.directories import directory, directory_server
from bailiwick.kernel.federation.tests.peers.fixtures import lying_provider, name_server, openid_provider

__all__ = ["directory", "directory_server", "lying_provider", "name_server", "openid_provider"]

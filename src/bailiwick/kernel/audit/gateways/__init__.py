"""Where seals are kept outside: a file of the installation, and a time-stamping authority."""

from bailiwick.kernel.audit.gateways.files import AnchorFile, anchor_file, list_files, place_of, read_last
from bailiwick.kernel.audit.gateways.stamps import stamp

__all__ = ["AnchorFile", "anchor_file", "list_files", "place_of", "read_last", "stamp"]

"""`bailiwick predictions import FILE --organization SLUG --login NAME [--wait]`: the import of the page, by command."""

from bailiwick.apps.predictions.actions.imports import PREDICTIONS
from bailiwick.kernel.imports.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Bring predictions in from a file: CSV, XLSX or JSON lines. Exits with 1 when rows were rejected."
    importer = PREDICTIONS

from regard.connectors.files.models import FileImport

__all__ = ["FileImport"]

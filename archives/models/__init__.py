from archives.models.fonds import Fonds
from archives.models.record import Record, RecordCheck, RecordFile

__all__ = ["Fonds", "Record", "RecordCheck", "RecordFile"]

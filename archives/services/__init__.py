"""Ended matters become records: collected, snapshotted, numbered, filed, and checked."""

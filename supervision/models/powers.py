from agency.powers import only_of

__all__ = ["only_of"]

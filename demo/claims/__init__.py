"""Claim batches invented from a seed, with an answer key that is known by construction."""

from demo.claims.answers import Answer
from demo.claims.batch import ClaimFiles, generate

__all__ = ["Answer", "ClaimFiles", "generate"]

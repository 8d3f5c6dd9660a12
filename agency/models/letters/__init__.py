from agency.models.letters.head import LetterHead
from agency.models.letters.letter import LetterTransition, OfficialLetter
from agency.models.letters.service import LetterService
from agency.models.letters.template import LetterTemplate, LetterTemplateTransition

__all__ = [
    "LetterHead",
    "LetterService",
    "LetterTemplate",
    "LetterTemplateTransition",
    "LetterTransition",
    "OfficialLetter",
]

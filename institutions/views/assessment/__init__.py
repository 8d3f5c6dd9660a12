"""The pages of assessments: the organiser's, the experts' own, the institution's."""

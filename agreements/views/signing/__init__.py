"""The pages of negotiating and signing the texts of agreements (A-09)."""

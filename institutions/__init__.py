"""The register of medical institutions: who they are, what changed from which day on, and whose
account sees which institution (Order 2 arts. 5, 11, 40).
"""

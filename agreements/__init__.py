"""The contract between the agency and an institution: its term, suspensions and end.

Owns agreements, their suspensions and the requests about them (Order 2 arts. 10, 26-53).
"""

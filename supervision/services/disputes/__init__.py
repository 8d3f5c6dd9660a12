"""Disputes: what can be disputed (`subjects`), filing (`filing`), the way to a result (`course`),
the result (`result`) and what it changes back (`effects`).
"""

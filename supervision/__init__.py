"""Cases of breach of agreement, from the clue to the closing, and the administration's hand in
them: measures, statement and defence, decision, reports and orders
(NHSA Order 2, articles 38, 45 to 47 and 49).
"""

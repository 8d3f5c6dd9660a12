"""Cases through their life: opened, noticed, heard, decided, served, performed, closed; and
what the administration does with them.
"""

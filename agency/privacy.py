"""How protected data look to those who need not see them: enough to recognise, too little to use.
Pure.
"""

ACCOUNT_FIGURES = 4
_FEW = 8


def mask_name(name: str) -> str:
    """张三丰 → 张**: the family name; a name in letters keeps its first one."""
    return f"{name[0]}**" if name else ""


def mask_certificate(number: str) -> str:
    """The first three and the last two characters of a certificate or person number."""
    if len(number) <= _FEW:
        return "*" * len(number)
    return f"{number[:3]}{'*' * (len(number) - 5)}{number[-2:]}"


def mask_phone(number: str) -> str:
    """138****5678; of a short number the last two figures."""
    if len(number) <= _FEW:
        return f"****{number[-2:]}" if number else ""
    return f"{number[:3]}****{number[-4:]}"


def mask_account(number: str) -> str:
    """The last four figures; of a number hardly longer, none."""
    if not number:
        return ""
    return f"**** {number[-ACCOUNT_FIGURES:]}" if len(number) >= _FEW else "****"


def mask_address(address: str) -> str:
    """The part up to the district, county or city that an address begins with."""
    ends = [at for word in ("区", "县", "市") if (at := address.find(word, 2)) >= 0]
    if ends:
        return f"{address[: max(at for at in ends if at <= min(ends) + 6) + 1]}****"
    return f"{address[:2]}****" if address else ""


MASKS = {
    "name": mask_name,
    "certificate": mask_certificate,
    "phone": mask_phone,
    "account": mask_account,
    "address": mask_address,
}

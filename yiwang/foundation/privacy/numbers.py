"""Whether a number is what it looks like: check digits, dates, codes. Pure."""

from datetime import date

# GB 11643-1999, 4.3: weights and the characters their sum stands for.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
# GB/T 2260: first two digits of the provinces; 81, 82, 83: residence permits of Hong Kong, Macao and Taiwan residents
# (State Council, 2018). A 9 in front: foreigners with permanent residence, since 2023.
PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
CARD_BEGINNINGS = ("62", "4", "51", "52", "53", "54", "55", "9558")
CARD_LENGTHS = range(16, 20)


def is_resident_id(digits: str) -> bool:
    """18 characters as GB 11643 makes them: a province, a day of birth, a check character."""
    if digits[:2] not in PROVINCES and digits[0] != "9":
        return False
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False))
    return 1880 <= born.year < 2100 and CHECKS[total % 11] == digits[17].upper()


def is_old_resident_id(digits: str) -> bool:
    """15 digits as they were given out until 1999: a province and a day of birth, no check digit (GB 11643-1989)."""
    try:
        date(1900 + int(digits[6:8]), int(digits[8:10]), int(digits[10:12]))
    except ValueError:
        return False
    return digits[:2] in PROVINCES


def is_bank_card(digits: str) -> bool:
    """16 to 19 digits that begin like a card (ISO/IEC 7812-1) and satisfy Luhn's formula."""
    if len(digits) not in CARD_LENGTHS or not digits.startswith(CARD_BEGINNINGS):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0

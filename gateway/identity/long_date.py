"""A date in words, as each language writes it in a legal text; never a short form."""

from datetime import date

ENGLISH = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PORTUGUESE = (
    "janeiro",
    "fevereiro",
    "março",
    "abril",
    "maio",
    "junho",
    "julho",
    "agosto",
    "setembro",
    "outubro",
    "novembro",
    "dezembro",
)


def long_date(day: date, language: str) -> str:
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    if language.startswith("pt"):
        return f"{day.day} de {PORTUGUESE[day.month - 1]} de {day.year}"
    return f"{day.day} {ENGLISH[day.month - 1]} {day.year}"

"""What a person does on the sandbox's own pages: choose who they are, give the words, agree."""

from deploy.journey.person import Lost, Person, with_phone
from deploy.sandbox import people

_MOST_PAGES = 6


def sign_in(person: Person, identifier: str) -> None:
    """Sign in as that person of the sandbox and agree, on however many pages the simulated platform takes."""
    who = people.person(identifier)
    if who is None:
        raise Lost(f"the sandbox has no person {identifier}")
    words = {"login": who.login, "password": who.password, "person": who.id}
    for _ in range(_MOST_PAGES):
        if person.sees(f"person-{identifier}"):
            chosen = person.screen.find(f"person-{identifier}")
            if chosen is not None and chosen.tag in ("a", "button"):
                person.press(f"person-{identifier}")
                continue
        if not person.sees("agree"):
            return
        person.press("agree", _asked(person, words))
        person.wait()
    raise Lost(f"the simulated platform goes on asking {person.whereabouts()}")


def compare_face(person: Person) -> None:
    """Let the simulated service compare a face, and pass."""
    for _ in range(_MOST_PAGES):
        if not person.sees("agree"):
            return
        person.press("agree")
        person.wait()
    raise Lost(f"the face comparison goes on asking {person.whereabouts()}")


def stranger(person: Person) -> Person:
    """Somebody else with the same kind of phone: no cookie of this person."""
    languages = person.client.headers["accept-language"]
    return with_phone(languages)


def _asked(person: Person, words: dict[str, str]) -> dict[str, str]:
    """Those of the words that the form with the answer asks for."""
    button = person.screen.find("agree")
    if button is None or button.form is None:
        return {}
    names = {field.attributes.get("name", "") for field in person.screen.forms[button.form].fields}
    return {name: word for name, word in words.items() if name in names}

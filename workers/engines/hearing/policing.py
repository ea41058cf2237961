"""Police English as text: what the language model of the built-in recogniser is made from. Everything here is the project's own."""

import itertools
import random
from collections.abc import Iterator

SEED, LINES = 11, 9000
ALPHABETS = (
    "adam boy charles david edward frank george henry ida john king lincoln mary nora ocean paul queen robert sam tom "
    "union victor william x-ray young zebra",
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey x-ray yankee zulu",
)
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
SLOTS: dict[str, tuple[str, ...]] = {
    "color": tuple(["black", "white", "silver", "gray", "red", "blue", "green", "brown", "gold", "tan", "maroon", "orange", "yellow"]),
    "make": tuple(
        ["ford", "chevrolet", "chevy", "toyota", "honda", "nissan", "dodge", "jeep", "hyundai", "kia", "subaru", "mazda", "volkswagen", "buick", "cadillac", "lexus", "chrysler", "mercedes", "audi", "tesla"]
    ),
    "vehicle": (
        "sedan", "pickup truck", "truck", "van", "minivan", "suv", "coupe", "hatchback", "motorcycle", "car", "bicycle",
        "camry", "corolla", "civic", "accord", "altima", "explorer", "mustang", "silverado", "tahoe", "malibu", "escape",
    ),  # fmt: skip
    "tree": tuple(
        ["main", "oak", "maple", "cedar", "pine", "elm", "washington", "lincoln", "jefferson", "madison", "jackson", "park", "lake", "hill", "church", "school", "river", "mill", "spring", "center", "north", "south", "east", "west", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "first", "market", "broad", "high", "walnut", "chestnut", "willow", "franklin", "highland", "sunset", "railroad", "prospect", "front", "union"]
    ),
    "way": tuple(["street", "avenue", "road", "drive", "boulevard", "lane", "court", "place", "highway"]),
    "weapon": ("gun", "knife", "firearm", "weapon", "handgun", "pistol", "rifle", "bat", "hammer", "taser"),
    "spot": (
        "glove box", "trunk", "center console", "back seat", "passenger seat", "front seat", "bag", "backpack", "purse",
        "waistband", "right pocket", "left pocket", "jacket", "floor", "vehicle", "car", "house", "bedroom",
    ),  # fmt: skip
    "part": ("hands", "hands up", "hands behind your back", "hands on the wheel", "hands on the steering wheel",
             "hands where i can see them", "feet apart", "palms up"),
    "person": ("man", "woman", "male", "female", "boy", "girl", "driver", "passenger", "suspect", "victim", "witness",
               "officer", "sergeant", "supervisor", "neighbor", "roommate", "husband", "wife", "brother", "sister"),
    "drug": ("marijuana", "weed", "cocaine", "heroin", "fentanyl", "meth", "methamphetamine", "pills", "alcohol"),
    "offense": ("speeding", "running a red light", "a stop sign violation", "a broken taillight", "expired tags",
                "following too close", "an illegal turn", "reckless driving", "driving under the influence",
                "a suspended license", "no insurance", "an open container", "texting while driving"),
    "crime": ("assault", "battery", "burglary", "robbery", "theft", "trespassing", "vandalism", "disorderly conduct",
              "domestic violence", "resisting arrest", "possession", "shoplifting", "fraud"),
    "name": tuple(
        ["james", "mary", "john", "patricia", "robert", "jennifer", "michael", "linda", "david", "elizabeth", "william", "barbara", "maria", "jose", "carlos", "luis", "anna", "smith", "johnson", "williams", "brown", "jones", "garcia", "miller", "davis", "rodriguez", "martinez", "hernandez", "lopez", "gonzalez", "wilson", "anderson", "thomas", "taylor", "moore", "jackson", "martin", "lee", "carter", "walker", "young", "allen", "king", "wright", "scott", "green", "baker"]
    ),
    "code": ("ten four", "ten eight", "ten seven", "ten twenty", "ten twenty three", "ten ninety seven", "code four",
             "code three", "signal thirteen", "copy", "copy that", "roger", "affirmative", "negative", "stand by"),
    "hurt": ("hurt", "injured", "okay", "all right", "bleeding", "in pain", "sick", "dizzy"),
    "time": ("today", "tonight", "this morning", "this evening", "last night", "yesterday", "an hour ago",
             "ten minutes ago", "a few minutes ago", "right now", "earlier"),
}  # fmt: skip
TEMPLATES: tuple[str, ...] = (
    # stops
    "dispatch i have a traffic stop on {tree} {way}", "dispatch show me on a traffic stop {tree} and {tree}",
    "license plate {plate}", "the plate is {plate}", "{color} {make} {vehicle}", "it's a {color} {make} {vehicle}",
    "a {color} {vehicle} license {plate}", "good evening i am officer {name} with the police department",
    "good morning officer {name} with the city police", "the reason i stopped you is {offense}",
    "i stopped you for {offense}", "i pulled you over for {offense}",
    "do you know why i stopped you {time}", "do you know how fast you were going",
    "you were going {number} in a {number} zone", "may i see your license and registration please",
    "license registration and proof of insurance please", "can i see your driver's license", "where is your insurance card",
    "is this your vehicle", "is this your car", "where are you headed {time}", "where are you coming from",
    "have you had anything to drink {time}", "how much have you had to drink", "i smell {drug} in the car",
    "i'm going to give you a warning for {offense}", "i'm going to write you a citation for {offense}",
    "sign here please this is not an admission of guilt", "you have a court date on {date}", "you are free to go",
    "drive safely", "have a good night", "have a good day", "slow down out here okay",
    # commands
    "keep your {part}", "put your {part}", "show me your hands", "let me see your hands", "get your hands up",
    "step out of the car", "step out of the vehicle for me", "turn around", "turn around and face away from me",
    "get on the ground", "get down on the ground now", "do not move", "don't move", "stop right there", "stop resisting",
    "drop the {weapon}", "drop it", "put the {weapon} down", "walk back to me", "walk backwards toward my voice",
    "stay in the car", "roll down the window", "turn off the engine", "put it in park", "spread your feet", "get back",
    "back up", "calm down", "listen to me", "look at me", "sit down on the curb", "come here", "open the door",
    "police department open the door", "police show me your hands", "you're under arrest", "you are under arrest for {crime}",
    # rights and searches
    "you have the right to remain silent", "anything you say can and will be used against you in a court of law",
    "you have the right to an attorney", "if you cannot afford an attorney one will be appointed to you",
    "do you understand these rights", "do you understand each of these rights i have explained to you",
    "do you have any {weapon}s on you", "do you have any weapons in the {spot}", "is there anything in the {spot}",
    "there is a {weapon} in the {spot}", "there's a {weapon} in my {spot}", "do you have anything that will poke me or stick me",
    "do you mind if i search the {spot}", "can i search your {spot}", "i do not consent to a search",
    "i'm going to pat you down for weapons", "i found {drug} in the {spot}", "whose {drug} is this",
    # who and when
    "what is your name", "what's your name", "what is your date of birth", "my name is {name} {name}",
    "my date of birth is {date}", "{date}", "date of birth {date}", "spell your last name for me", "{letters}",
    "what is your address", "i live at {number} {tree} {way}", "what is your phone number", "my phone number is {digits}",
    "do you have any identification", "social security number {digits}",
    # calls
    "what happened here {time}", "can you tell me what happened", "who called the police", "who hit you",
    "he hit me in the face", "she pushed me", "he took my phone", "he has a {weapon}", "i heard shots", "they ran that way",
    "which way did they go", "what was he wearing", "he was wearing a {color} shirt and {color} pants",
    "a {person} in a {color} jacket", "the {person} left in a {color} {make} {vehicle}", "i saw the {person} {time}",
    "i did not do anything", "i didn't do anything", "i don't know", "i don't have anything", "yes sir", "no sir",
    "yes officer", "no officer", "yes ma'am", "no ma'am", "i'm sorry", "i am sorry about that", "okay", "all right",
    "are you {hurt}", "is anybody {hurt}", "i'm not {hurt}", "no i am not {hurt}", "my arm hurts", "i can't breathe",
    "do you need an ambulance", "do you need medical attention", "medics are on the way", "take your time", "thank you",
    "thank you for your patience", "thank you for your help", "can you please turn the music down",
    "your neighbor called about loud music", "we got a call about a {person} with a {weapon}",
    "we got a call about {crime}", "this is a report of {crime}", "do you want to press charges", "you need to leave",
    "you have been trespassed from this property", "is there anyone else in the house", "where is the {person} now",
    "let me explain what is going to happen", "i'm going to need a statement from you", "are you willing to write a statement",
    # radio
    "{unit} dispatch", "{unit} show me en route", "{unit} on scene", "{unit} {code}", "{code}", "dispatch {unit} {code}",
    "{unit} i need another unit at {tree} and {tree}", "send me another unit", "shots fired shots fired officer needs help",
    "foot pursuit {direction} on {tree} {way}", "suspect is running {direction}", "{person} in custody",
    "one in custody", "start medics to {number} {tree} {way}", "run a plate for me {plate}", "run {name} {name} {date}",
    "no wants no warrants", "{person} has a warrant out of the county", "clear the channel", "what is your location",
    "{number} {tree} {way}", "corner of {tree} and {tree}", "{direction} bound on {tree} {way}", "perimeter is set",
    "can you send a supervisor", "i need a tow truck", "the vehicle is unoccupied", "the house is clear",
)  # fmt: skip


def lines() -> Iterator[str]:
    """Sentences of police English, lower case, without marks; the same ones every time."""
    chance = random.Random(SEED)
    for template in itertools.islice(itertools.cycle(TEMPLATES), LINES):
        yield _filled(template, chance)


def words() -> list[str]:
    """Every word of the sentences."""
    return sorted({word for line in lines() for word in line.split()})


def _filled(template: str, chance: random.Random) -> str:
    while "{" in template:
        name = template[template.index("{") + 1 : template.index("}")]
        template = template.replace("{" + name + "}", _slot(name, chance), 1)
    return template


def _slot(name: str, chance: random.Random) -> str:
    letters = chance.choice(ALPHABETS).split()
    digits = [chance.choice(DIGITS) for _ in range(10)]
    made = {
        "plate": " ".join([digits[0], *chance.sample(letters, 3), *digits[1:4]]),
        "letters": " ".join(chance.sample(letters, chance.randint(2, 5))),
        "digits": " ".join(digits[: chance.choice((3, 4, 7, 10))]),
        "number": _number(chance),
        "date": f"{chance.choice(MONTHS)} {chance.choice(ORDINALS)} {_year(chance)}",
        "unit": f"{chance.choice(DIGITS[1:])} {chance.choice(letters)} {_number(chance)}",
        "direction": chance.choice(("north", "south", "east", "west")),
    }
    return made[name] if name in made else chance.choice(SLOTS[name])


def _number(chance: random.Random) -> str:
    tens = chance.choice(TENS)
    return chance.choice((tens, f"{tens} {chance.choice(DIGITS[1:])}", chance.choice(TEENS), chance.choice(DIGITS[1:])))


def _year(chance: random.Random) -> str:
    return f"nineteen {_number(chance)}" if chance.random() < 0.7 else f"two thousand {chance.choice(DIGITS[1:])}"

"""What is said in the sample recordings, line by line, and the facts a reader should find in them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A line: who ("officer" near the camera, "other" a few steps away), in which flite voice, and the words."""

    role: str
    voice: str
    text: str
    pause_s: float = 0.7


def _officer(text: str, pause_s: float = 0.7) -> Said:
    return Said("officer", "rms", text, pause_s)


def _driver(text: str, pause_s: float = 0.7) -> Said:
    return Said("other", "slt", text, pause_s)


TRAFFIC_STOP = (
    _officer("Dispatch, I have a traffic stop on Main Street.", 1.2),
    _officer("License plate seven, adam, boy, charles, one, two, three.", 1.4),
    _officer("Good evening. I am Officer Carter with the Springfield police department."),
    _officer("I stopped you because you drove through a red light on Main Street."),
    _officer("May I see your license and registration, please?"),
    _driver("Yes officer. My name is Maria Lopez."),
    _officer("Thank you. What is your date of birth?"),
    _driver("My date of birth is March third, nineteen ninety one."),
    _officer("Do you have any weapons in the vehicle?"),
    _driver("There is a knife in the glove box."),
    _officer("Keep your hands on the steering wheel. Do not move."),
    _officer("Step out of the car, now."),
    _driver("I did not do anything."),
    _officer("Shut up, you stupid idiot. I am sick of you people lying to me.", 1.2),
    _driver("I am sorry. Please calm down."),
    _officer("Take your time. Are you hurt?"),
    _driver("No. I am not hurt."),
    _officer("Thank you for your patience. I am going to give you a warning for the red light."),
    _officer("Drive safely. Have a good night.", 1.0),
)

FACTS = {
    "officer": "Carter",
    "driver": "Maria Lopez",
    "plate": "7ABC123",
    "street": "Main Street",
    "date_of_birth": "1991-03-03",
    "weapon": "knife",
    "outburst": "stupid idiot",
}

CLIPS: dict[str, tuple[Said, ...]] = {
    "clip_noise_complaint": (
        Said("officer", "slt", "Good evening. Thank you for opening the door."),
        Said("officer", "slt", "Your neighbor called about loud music. Could you please turn it down?"),
        Said("other", "rms", "Sure. I am sorry about that."),
        Said("officer", "slt", "Thank you very much. Have a good night."),
    ),
    "clip_parking_dispute": (
        Said("officer", "rms", "Get back in your car, right now."),
        Said("other", "slt", "I live here. I was only asking."),
        Said("officer", "rms", "I do not care. Shut your mouth, you moron.", 1.0),
        Said("other", "slt", "There is no need to shout."),
    ),
    "clip_found_wallet": (
        Said("other", "rms", "I found this wallet in the park."),
        Said("officer", "slt", "Thank you for bringing it in. May I have your name, please?"),
        Said("other", "rms", "My name is Robert Miller."),
        Said("officer", "slt", "Thank you, mister Miller. We will find the owner. Take care."),
    ),
}

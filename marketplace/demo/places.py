"""Zimbabwe's ten provinces and districts of them: public names of places, and nothing more."""

from typing import Final

PROVINCES: Final[dict[str, tuple[str, ...]]] = {
    "Bulawayo": ("Bulawayo",),
    "Harare": ("Chitungwiza", "Epworth", "Harare"),
    "Manicaland": ("Buhera", "Chimanimani", "Chipinge", "Makoni", "Mutare", "Mutasa", "Nyanga"),
    "Mashonaland Central": (
        "Bindura",
        "Guruve",
        "Mazowe",
        "Mbire",
        "Mount Darwin",
        "Muzarabani",
        "Rushinga",
        "Shamva",
    ),
    "Mashonaland East": (
        "Chikomba",
        "Goromonzi",
        "Hwedza",
        "Marondera",
        "Mudzi",
        "Murehwa",
        "Mutoko",
        "Seke",
    ),
    "Mashonaland West": ("Chegutu", "Hurungwe", "Kariba", "Makonde", "Sanyati", "Zvimba"),
    "Masvingo": ("Bikita", "Chiredzi", "Chivi", "Gutu", "Masvingo", "Mwenezi", "Zaka"),
    "Matabeleland North": (
        "Binga",
        "Bubi",
        "Hwange",
        "Lupane",
        "Nkayi",
        "Tsholotsho",
        "Umguza",
    ),
    "Matabeleland South": (
        "Beitbridge",
        "Bulilima",
        "Gwanda",
        "Insiza",
        "Mangwe",
        "Matobo",
        "Umzingwane",
    ),
    "Midlands": (
        "Chirumhanzu",
        "Gokwe North",
        "Gokwe South",
        "Gweru",
        "Kwekwe",
        "Mberengwa",
        "Shurugwi",
        "Zvishavane",
    ),
}

# Where farming dominates: most farmers and most deliveries are here.
FARMING: Final[tuple[str, ...]] = tuple(
    name for name in PROVINCES if name not in ("Bulawayo", "Harare")
)

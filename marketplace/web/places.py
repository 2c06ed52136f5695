"""Where things are: the provinces that forms offer."""

# Constitution of Zimbabwe (2013), section 267: the ten provinces.
PROVINCES = (
    "Bulawayo",
    "Harare",
    "Manicaland",
    "Mashonaland Central",
    "Mashonaland East",
    "Mashonaland West",
    "Masvingo",
    "Matabeleland North",
    "Matabeleland South",
    "Midlands",
)

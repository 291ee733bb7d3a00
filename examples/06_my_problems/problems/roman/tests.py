assert [roman(n) for n in (1, 4, 9, 14, 40)] == ["I", "IV", "IX", "XIV", "XL"]
assert roman(1994) == "MCMXCIV"
assert roman(3999) == "MMMCMXCIX"

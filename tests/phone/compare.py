"""Compares this project's answers with the package `phonenumbers` (a port of Google's code).

    cargo run -q --profile trial -p phone-oracle --bin phone-agree 300000 dump | python3 tests/phone/compare.py

The package's version must be the tables' metadata version: `pip install phonenumbers==9.0.33`.
With `--list FILE` it writes the numbers of the plain inputs that differ, for `compare.mjs`. With
`--pin FILE` it writes a digest of the package's answers for each 1,024 inputs, which
`tests/phone.rs` compares with this project's.
"""

import collections
import json
import sys

import phonenumbers as other

POSSIBLE = {
    other.ValidationResult.IS_POSSIBLE: "yes",
    other.ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "local_only",
    other.ValidationResult.TOO_SHORT: "too_short",
    other.ValidationResult.INVALID_LENGTH: "wrong_length",
    other.ValidationResult.TOO_LONG: "too_long",
    other.ValidationResult.INVALID_COUNTRY_CODE: "invalid_country_code",
}
KINDS = {-1: "unknown", 99: "unknown"}
KINDS.update(
    (value, name.lower())
    for name, value in vars(other.PhoneNumberType).items()
    if isinstance(value, int) and name != "UNKNOWN"
)


def answer(text, region):
    try:
        number = other.parse(text, region)
    except other.NumberParseException:
        return None
    return [
        "+%d%s" % (number.country_code, other.national_significant_number(number)),
        POSSIBLE[other.is_possible_number_with_reason(number)],
        other.is_valid_number(number),
        KINDS[other.number_type(number)],
        other.region_code_for_number(number) or "",
        number.extension or "",
    ]


BLOCK = 1024


def digest(state, text):
    """One step of FNV-1a over a line."""
    for byte in text.encode():
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return state


def main():
    pins = []
    differing = []
    counts = collections.Counter()
    examples = collections.defaultdict(list)
    for number, line in enumerate(sys.stdin):
        text, region, plain, ours = json.loads(line)
        theirs = answer(text, region)
        sort = "ASCII, up to 15 digits" if plain else "others"
        counts[sort] += 1
        if number % BLOCK == 0:
            pins.append(0xCBF29CE484222325)
        if plain:
            fields = theirs or []
            words = [str(field).lower() if isinstance(field, bool) else field for field in fields]
            pins[-1] = digest(pins[-1], " ".join(words) + "\n")
        if ours != theirs:
            counts[sort + ", different"] += 1
            examples[sort].append((text, region, ours, theirs))
            if plain:
                differing.append(number)
    print("phonenumbers", other.__version__)
    for name, count in sorted(counts.items()):
        print("%9d %s" % (count, name))
    for sort, found in sorted(examples.items()):
        print(sort)
        for example in found[:: max(1, len(found) // 12)]:
            print("   ", *map(repr, example))
    if sys.argv[1:2] == ["--pin"]:
        with open(sys.argv[2], "w", encoding="ascii") as file:
            file.write("# Answers of phonenumbers %s, a digest a block: see compare.py\n" % other.__version__)
            file.writelines("%016x\n" % pin for pin in pins)
    if sys.argv[1:2] == ["--list"]:
        with open(sys.argv[2], "w", encoding="ascii") as file:
            file.writelines("%d\n" % number for number in differing)
    return any(name.startswith("ASCII") and name.endswith("different") for name in counts)


if __name__ == "__main__":
    sys.exit(main())

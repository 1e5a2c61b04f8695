# SPDX-License-Identifier: MIT
"""Characters for check.py: normalising, words, emoji."""
import re
import unicodedata

# Unicode 17, where the tables of Python may be older.
EMOJI_PRESENTATION = """231A-231B 23E9-23EC 23F0 23F3 25FD-25FE 2614-2615 2648-2653 267F 2693 26A1 26AA-26AB 26BD-26BE
 26C4-26C5 26CE 26D4 26EA 26F2-26F3 26F5 26FA 26FD 2705 270A-270B 2728 274C 274E 2753-2755 2757 2795-2797 27B0 27BF
 2B1B-2B1C 2B50 2B55 1F004 1F0CF 1F18E 1F191-1F19A 1F1E6-1F1FF 1F201 1F21A 1F22F 1F232-1F236 1F238-1F23A 1F250-1F251
 1F300-1F320 1F32D-1F335 1F337-1F37C 1F37E-1F393 1F3A0-1F3CA 1F3CF-1F3D3 1F3E0-1F3F0 1F3F4 1F3F8-1F43E 1F440
 1F442-1F4FC 1F4FF-1F53D 1F54B-1F54E 1F550-1F567 1F57A 1F595-1F596 1F5A4 1F5FB-1F64F 1F680-1F6C5 1F6CC 1F6D0-1F6D2
 1F6D5-1F6D8 1F6DC-1F6DF 1F6EB-1F6EC 1F6F4-1F6FC 1F7E0-1F7EB 1F7F0 1F90C-1F93A 1F93C-1F945 1F947-1F9FF 1FA70-1FA7C
 1FA80-1FA8A 1FA8E-1FAC6 1FAC8 1FACD-1FADC 1FADF-1FAEA 1FAEF-1FAF8"""
EMOJI_OF_TEXT = """23 2A 30-39 A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 2328 23CF 23ED-23EF 23F1-23F2 23F8-23FA 24C2
 25AA-25AB 25B6 25C0 25FB-25FC 2600-2604 260E 2611 2618 261D 2620 2622-2623 2626 262A 262E-262F 2638-263A 2640 2642
 265F-2660 2663 2665-2666 2668 267B 267E 2692 2694-2697 2699 269B-269C 26A0 26A7 26B0-26B1 26C8 26CF 26D1 26D3 26E9
 26F0-26F1 26F4 26F7-26F9 2702 2708-2709 270C-270D 270F 2712 2714 2716 271D 2721 2733-2734 2744 2747 2763-2764 27A1
 2934-2935 2B05-2B07 3030 303D 3297 3299 1F170-1F171 1F17E-1F17F 1F202 1F237 1F321 1F324-1F32C 1F336 1F37D 1F396-1F397
 1F399-1F39B 1F39E-1F39F 1F3CB-1F3CE 1F3D4-1F3DF 1F3F3 1F3F5 1F3F7 1F43F 1F441 1F4FD 1F549-1F54A 1F56F-1F570
 1F573-1F579 1F587 1F58A-1F58D 1F590 1F5A5 1F5A8 1F5B1-1F5B2 1F5BC 1F5C2-1F5C4 1F5D1-1F5D3 1F5DC-1F5DE 1F5E1 1F5E3
 1F5E8 1F5EF 1F5F3 1F5FA 1F6CB 1F6CD-1F6CF 1F6E0-1F6E5 1F6E9 1F6F0 1F6F3"""
PICTOGRAPHS = """A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 2388 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB
 25B6 25C0 25FB-25FE 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716 271D 2721 2728 2733-2734 2744 2747 274C
 274E 2753-2755 2757 2763-2767 2795-2797 27A1 27B0 27BF 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 303D 3297 3299
 1F000-1F0FF 1F10D-1F10F 1F12F 1F16C-1F171 1F17E-1F17F 1F18E 1F191-1F19A 1F1AD-1F1E5 1F201-1F20F 1F21A 1F22F
 1F232-1F23A 1F23C-1F23F 1F249-1F3FA 1F400-1F53D 1F546-1F64F 1F680-1F6FF 1F774-1F77F 1F7D5-1F7FF 1F80C-1F80F
 1F848-1F84F 1F85A-1F85F 1F888-1F88F 1F8AE-1F8FF 1F90C-1F93A 1F93C-1F945 1F947-1FAFF 1FC00-1FFFD"""
PREPENDED = "600-605 6DD 70F 890-891 8E2 D4E 110BD 110CD 111C2-111C3 1193F 11941 11A3A 11A84-11A89 11D46 11F02"


CATEGORIES = [unicodedata.category(chr(c)) for c in range(0x110000)]


def of_categories(*categories):
    """The inside of a regular expression's set: all characters whose category begins with one of these."""
    inside, spans = [category.startswith(categories) for category in CATEGORIES] + [False], []
    for c, is_in in enumerate(inside):
        if is_in and (c == 0 or not inside[c - 1]):
            spans.append(re.escape(chr(c)) + "-")
        if is_in and not inside[c + 1]:
            spans[-1] += re.escape(chr(c))
    return "".join(spans)


def of_table(table):
    return "".join("-".join(re.escape(chr(int(c, 16))) for c in span.split("-")) for span in table.split())


WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
DROPPED = re.compile(f"[{of_categories('Cf')}\ufe00-\ufe0f]")
LETTER, MARK = of_categories("L"), of_categories("M")
WORD = re.compile(f"[{LETTER}][{LETTER}{MARK}]*(?:'[{LETTER}][{LETTER}{MARK}]*)*")
EMOJI, EMOJI_WITH_SELECTOR = re.compile(f"[{of_table(EMOJI_PRESENTATION)}]"), re.compile(f"[{of_table(EMOJI_OF_TEXT)}]")
# Grapheme clusters, as far as they decide which emoji is the beginning of one.
EXTENDING = f"[{MARK}\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
PICTOGRAPH, REGION = f"[{of_table(PICTOGRAPHS)}]", "[\U0001f1e6-\U0001f1ff]"
BREAKING = f"[{of_categories('Cc', 'Zl', 'Zp')}]"
CLUSTER = re.compile(f"[ -~]+(?=[ -~])|\r\n|{BREAKING}|[{of_table(PREPENDED)}]*"
                     f"(?:{REGION}{{2}}|{PICTOGRAPH}(?:{EXTENDING}*\u200d{PICTOGRAPH})*|(?!{BREAKING}).)?{EXTENDING}*",
                     re.DOTALL)


def lower(text):
    """Every scalar's own lower-case mapping; Python's alone would look at where in a word a sigma stands."""
    return text.replace("Σ", "σ").lower()


def normalise(text):
    return WHITE_SPACE.sub(" ", DROPPED.sub("", lower(text))).strip(" ")


def strip_thinking(text):
    """Reading: spans do not nest, and a closer closes its own name only."""
    text = re.sub(r"<(think|thinking)>.*?</\1>", "", text, flags=re.S | re.I)
    text = re.sub(r"<(think|thinking)>.*", "", text, flags=re.S | re.I)
    return re.sub(r".*</(think|thinking)>", "", text, flags=re.S | re.I).strip()


def canonical(text):
    return unicodedata.normalize("NFD", lower(unicodedata.normalize("NFD", text.replace("\u2019", "'"))))


def is_emoji(cluster):
    """Reading: U+FE0F directly after the first scalar."""
    return bool(EMOJI.match(cluster) or EMOJI_WITH_SELECTOR.match(cluster) and cluster[1:2] == "\ufe0f")

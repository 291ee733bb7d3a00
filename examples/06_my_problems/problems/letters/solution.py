    counts: dict[str, int] = {}
    for each in text.lower():
        if each.isalpha():
            counts[each] = counts.get(each, 0) + 1
    return counts

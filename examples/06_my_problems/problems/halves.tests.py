assert halves([]) == []
assert halves([1, 4]) == [0.5, 2.0]

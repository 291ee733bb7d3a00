"""How alike texts are: shingles and their Jaccard similarity, vectors and their cosine. Knows no stage and no row."""

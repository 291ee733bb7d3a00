"""How data sets are measured: complexity, diversity, spread, overlap, and the intervals of means."""

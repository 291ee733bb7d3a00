"""kcoder: one YAML spec from raw code to a defended answer."""

"""A small design system: the catalog that `storytime serve` shows when it is given none."""

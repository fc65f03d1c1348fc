"""Stories of the shop's templates."""

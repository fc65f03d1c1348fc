"""Stories of the address book's templates."""

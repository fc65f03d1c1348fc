"""What is sold."""

from django.db import models


class Product(models.Model):
    """Something that can be bought."""

    name = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """Return the name."""
        return self.name

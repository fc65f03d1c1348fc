"""Pages of the site."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .models import Product


def index(request: HttpRequest) -> HttpResponse:
    """Show all products."""
    return render(request, "shop/index.html", {"products": Product.objects.all()})

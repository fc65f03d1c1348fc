"""What the components read instead of taking it as an argument."""

context = {"locale": "en"}

"""Stories with the tables of SQLModel, and with SQLAlchemy's mapped classes in general."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support import Server, listen, wait_for_page, write_files

MODELS = """
from datetime import date
from sqlalchemy import Column, ForeignKey, MetaData, Table
from sqlmodel import Field, Relationship, SQLModel

class Customer(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    since: date
    orders: list["Order"] = Relationship(back_populates="customer")

class Order(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int | None = Field(default=None, foreign_key="customer.id")
    customer: Customer | None = Relationship(back_populates="orders")

NOTES = Table("note", SQLModel.metadata, Column("order_id", ForeignKey("order.id"), primary_key=True))
"""
CARD = """
from app.models import NOTES, Customer, Order
from sqlalchemy import select
from sqlmodel import Session, SQLModel, create_engine
import structlog

log = structlog.get_logger()
structlog.configure(cache_logger_on_first_use=True)

def card(*, customer: Customer) -> str:
    log.info("a card")
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        session.add(order := Order(customer=Customer(name="Bob", since=customer.since)))
        session.commit()
        session.exec(select(NOTES)).all()
    return f"<p>card-0 {customer.name} {customer.since:%d.%m.%Y} {order.customer.name}</p>"
"""
TAG = """
from app.card import log
from app.models import Order

def tag() -> str:
    return f"<p>tag-0 {Order.__name__}</p>"
"""
STORIES = """
from datetime import date
from app.{name} import {name}
from app.models import Customer
from storytime import Story, Subject

def this_subject() -> Subject:
    return Subject(title="{title}", target={name}, items=[Story(title="First", props={props})])
"""
ADA = '{"customer": Customer(name="Ada", since=date(2026, 1, 31))}'
ROOT = """
from storytime import Site

def this_site() -> Site:
    return Site(title="Shop")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two components that import the same tables; only one of them uses them."""
    return write_files(
        tmp_path,
        {
            "app/__init__.py": "",
            "app/models.py": MODELS,
            "app/card.py": CARD,
            "app/tag.py": TAG,
            "shop/__init__.py": "",
            "shop/stories.py": ROOT,
            "shop/card/__init__.py": "",
            "shop/card/stories.py": STORIES.format(name="card", title="Card", props=ADA),
            "shop/tag/__init__.py": "",
            "shop/tag/stories.py": STORIES.format(name="tag", title="Tag", props="{}"),
        },
    )


@pytest.fixture
def server(serve: Callable[..., Server], libraries: Path, project: Path) -> Server:
    options = ("--use-subinterpreters", "--isolation", "process")
    return serve("shop", "-v", *options, "--python", libraries)


def test_using_a_table_or_a_logger_is_no_change_of_its_module(
    server: Server, project: Path
) -> None:
    for name in ("tag", "card", "tag"):
        stories = project / f"shop/{name}/stories.py"
        with listen(server, f"{name}/first/preview.html"):
            stories.write_text(stories.read_text() + "\n")
            server.wait_for(rf"Build \d+ affects 1 module: shop\.{name}\.stories$")
            server.wait_for("partial build")
    with listen(server, "tag/first/preview.html") as page:
        component = project / "app/tag.py"
        component.write_text(component.read_text().replace("tag-0", "tag-1"))
        server.wait_for(r"Build \d+ affects 2 modules: app\.tag, shop\.tag\.stories$")
        wait_for_page(server, page, "tag-1", "tag/first/preview.html")


def test_changed_fields_of_a_table_have_the_types_of_their_columns(server: Server) -> None:
    preview = "card/first/preview.html"
    text = server.get(f"{preview}?args=customer.since:2020-02-03")
    assert "card-0 Ada 03.02.2020 Bob" in text
    status, _, refused = server.request(f"{preview}?args=customer.since:never")
    assert status == 422
    assert "Customer rejects it: since: Input should be a valid date" in refused.decode()

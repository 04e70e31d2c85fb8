"""What the pages of Toy Bank say."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Row:
    """A row of a table: its attributes, and the text of each cell by its class."""

    attributes: dict[str, str]
    cells: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """One page, read once."""

    def __init__(self, text: str) -> None:
        super().__init__()
        #: The text of every element that has an id, and of `.error`, `.empty` and `.prompt`.
        self.named: dict[str, str] = {}
        #: Hidden inputs of the first form that has them, by name.
        self.hidden: dict[str, str] = {}
        self.rows: list[Row] = []
        #: Where the link to the next page leads.
        self.next: str | None = None
        self._into: str | None = None
        self._row: Row | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        kind = have.get("class", "")
        if tag == "input" and have.get("type") == "hidden":
            self.hidden.setdefault(have.get("name", ""), have.get("value", ""))
        elif tag == "tr":
            self._row = Row(have)
            self.rows.append(self._row)
        elif tag == "td" and self._row is not None:
            self._row.cells[kind] = ""
            self._into = kind
        elif tag == "a" and have.get("rel") == "next":
            self.next = have.get("href")
        elif "id" in have or kind in ("error", "empty", "prompt"):
            self._into = have.get("id") or kind
            self.named[self._into] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self._row = None
        self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is None:
            return
        if self._row is not None:
            self._row.cells[self._into] += data
        else:
            self.named[self._into] += data

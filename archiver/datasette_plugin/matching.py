"""The ids of selected posts, from indexes alone."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Any

from datasette.utils.asgi import Request

from archiver.datasette_plugin import counting, filters
from archiver.datasette_plugin.filters import Selection

__all__ = ["KEPT", "Matching", "matching"]

KEPT = "archiver.matching"  # where a request keeps what was found for it
_PLACED = {"": "", "post": " and {0}.in_post", "context": " and {0}.in_context and not {0}.in_post"}
_TAG_ID = "select id from hashtags where tag = :{0}"
_OUTLET_ID = "select id from outlets where domain = :{0}"
_ALSO_TAG = """exists (select 1 from post_hashtags as also
    where also.hashtag_id = ({0}){1} and also.is_embedded and also.post_id = chief.post_id)"""
_ALSO_OUTLET = """exists (select 1 from post_outlets as also
    where also.outlet_id = ({0}) and also.post_id = chief.post_id)"""
_HITS = "select rowid from posts_fts where posts_fts match escape_fts(:search)"
_HIDDEN = "select id from posts indexed by posts_not_embedded where n_embeds = 0 and text is not null"


@dataclass(slots=True)
class Matching:
    """Posts as the rows of an index: `source` follows `from`, `id` is its column of ids.

    `copied` names in it the rows of `table` that hold copies, `key` is their condition beside the id.
    `total` is known from counts kept, or by `count`; `ids` are all of them, the newest first, where they were read.
    """

    source: str
    id: str
    copied: str | None
    table: str
    key: str
    params: dict[str, Any]
    total: int | None = None
    ids: list[int] | None = None

    async def count(self, database: Any) -> int:
        """How many posts there are."""
        if self.total is None:
            sql = f"select {self.id} from {self.source} order by 1 desc"  # noqa: S608
            limit = database.ds.sql_time_limit_ms
            self.ids = await database.execute_fn(lambda c: counting.ids(c, sql, self.params, limit))
            self.total = len(self.ids)
        return self.total

    async def newest(self, database: Any, number: int, below: int | None = None) -> list[int]:
        """The ids of so many posts, the newest first, below one where that is given."""
        await self.count(database)
        if self.ids is not None:
            begin = 0 if below is None else bisect_right(self.ids, -below, key=lambda each: -each)
            return self.ids[begin : begin + number]
        behind = "" if below is None else f" and {self.id} < {below:d}"
        sql = f"select {self.id} from {self.source}{behind} order by 1 desc limit {number:d}"  # noqa: S608
        return [row[0] for row in await database.execute(sql, self.params)]


async def matching(database: Any, request: Request) -> Matching | None:
    """What a request selects, where hashtags, outlets or a search lead to it and no more is asked; None otherwise."""
    if KEPT not in request.scope:
        asked = filters.selection(request)
        found = None
        if asked.is_indexed and (asked.tags or asked.outlets or asked.search):
            found = _matching(await _rarest_first(database, asked))
            if kept := counting.total(asked):
                found.total = (await database.execute(*kept)).first()[0]
        request.scope[KEPT] = found
    kept_one: Matching | None = request.scope[KEPT]
    return kept_one


async def _rarest_first(database: Any, asked: Selection) -> Selection:
    """The selection with its hashtags and outlets in the order of how many posts have them."""
    if len(asked.tags) + len(asked.outlets) < 2:
        return asked
    names = {f"n{at}": name for at, name in enumerate((*asked.tags, *asked.outlets))}
    places = ", ".join(f":{name}" for name in names)
    sql = f"""select tag as name, n_posts from hashtags where tag in ({places})
        union all select domain, n_posts from outlets where domain in ({places})"""  # noqa: S608
    number = {row["name"]: row["n_posts"] for row in await database.execute(sql, names)}

    def rarity(name: str) -> int:
        return int(number.get(name, 0))

    tags, outlets = sorted(asked.tags, key=rarity), sorted(asked.outlets, key=rarity)
    by_outlet = bool(outlets) and (not tags or rarity(outlets[0]) < rarity(tags[0]))
    return replace(asked, tags=tuple(tags), outlets=tuple(outlets), leads_outlet=by_outlet)


def _matching(asked: Selection) -> Matching:
    """The rarest hashtag or outlet leads; what else is asked stands beside its posts, or is looked up for each."""
    place, params = _PLACED[asked.place], dict[str, Any]()
    tags, outlets = list(enumerate(asked.tags)), list(enumerate(asked.outlets))
    params |= {f"tag{at}": tag for at, tag in tags} | {f"outlet{at}": outlet for at, outlet in outlets}
    params |= {f"is_{name}": value for name, value in asked.columns}
    if asked.search:
        params["search"] = asked.search
    if not tags and not outlets:
        columns = " and ".join(f"posts.{name} = :is_{name}" for name, _ in asked.columns)
        also = f" and exists (select 1 from posts where id = posts_fts.rowid and {columns})" if columns else ""  # noqa: S608
        source = f"{_HITS.partition(' from ')[2]} and rowid not in ({_HIDDEN}){also}"
        return Matching(source, "rowid", None, "", "", params)
    if asked.leads_outlet or not tags:
        at, _ = outlets.pop(0)
        table, key, conditions = "post_outlets", f"outlet_id = ({_OUTLET_ID.format(f'outlet{at}')})", list[str]()
    else:
        at, _ = tags.pop(0)
        table, key = "post_hashtags", f"hashtag_id = ({_TAG_ID.format(f'tag{at}')})"
        conditions = [f"chief.is_embedded{place.format('chief')}"]
    conditions += [f"chief.{name} = :is_{name}" for name, _ in asked.columns]
    conditions += [_ALSO_TAG.format(_TAG_ID.format(f"tag{at}"), place.format("also")) for at, _ in tags]
    conditions += [_ALSO_OUTLET.format(_OUTLET_ID.format(f"outlet{at}")) for at, _ in outlets]
    if asked.search:
        conditions.append(f"chief.post_id in ({_HITS})")
    source = f"{table} as chief where {' and '.join([f'chief.{key}', *conditions])}"
    return Matching(source, "chief.post_id", "chief", table, key, params)

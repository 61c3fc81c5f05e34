"""Scripts of ours that look at a browser's page."""

from __future__ import annotations

__all__ = ["step", "whole"]

# Document's own getters, for a page's elements may bear any name: <form name="body"> takes the place of document.body.
_DOCUMENT = (
    "const told = (n, of = Document, at = document) => Object.getOwnPropertyDescriptor(of.prototype, n).get.call(at);"
)
# One view further, and time for what watches it to act: [can be seen, wholly loaded, at the end, ms since a change].
_STEP = """(async (scrolls) => {
  %s
  const root = told("documentElement");
  if (!root || told("readyState") === "loading") return [false, false, false, 0];
  if (!globalThis.watch) {
    globalThis.changed = performance.now();
    globalThis.watch = new MutationObserver(() => { globalThis.changed = performance.now(); });
    globalThis.watch.observe(root, {childList: true, subtree: true});
  }
  const view = told("scrollingElement") || root;
  if (scrolls) view.scrollBy({top: innerHeight * 0.9, behavior: "instant"});
  const frame = new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
  await Promise.race([frame, new Promise((done) => setTimeout(done, 300))]);
  const ends = view.scrollTop + innerHeight >= view.scrollHeight - 2;
  return [true, told("readyState") === "complete", ends, performance.now() - globalThis.changed];
})(%s)"""
# The page as it stands, open shadow roots as templates; null for its HTML where that is too long.
_WHOLE = """(() => {
  %s
  const root = told("documentElement"), kind = told("doctype"), roots = [];
  const collect = (under) => {
    for (const element of under.querySelectorAll("*")) {
      const shadow = told("shadowRoot", Element, element);
      if (shadow) { roots.push(shadow); collect(shadow); }
    }
  };
  collect(root);
  const shell = root.cloneNode(false).outerHTML, end = shell.lastIndexOf("</");
  const inner = root.getHTML ? root.getHTML({shadowRoots: roots}) : root.innerHTML;
  const first = kind ? new XMLSerializer().serializeToString(kind) + "\\n" : "";
  const html = first + shell.slice(0, end) + inner + shell.slice(end);
  return [location.href, told("contentType"), html.length > %d ? null : html];
})()"""


def step(*, scrolls: bool) -> str:
    """Looks at the page, one view further down if it scrolls.

    Gives a list: whether it can be seen, is wholly loaded, stands at its end, and the milliseconds since a change.
    """
    return _STEP % (_DOCUMENT, "true" if scrolls else "false")


def whole(largest: int) -> str:
    """Gives a list: the page's address, media type, and HTML, null where that has more than so many characters."""
    return _WHOLE % (_DOCUMENT, largest)

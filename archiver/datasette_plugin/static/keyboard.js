// Gives a keyboard and a screen reader what Datasette's own parts lack: boxes that scroll, a name for the SQL editor.
function reachBoxes() {
  for (const box of document.querySelectorAll(".table-wrapper, .facet-results")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}

window.addEventListener("load", () => {
  reachBoxes();
  document.querySelectorAll(".CodeMirror textarea").forEach((field) => field.setAttribute("aria-label", "SQL"));
});
window.addEventListener("resize", reachBoxes);

// Closes an open menu at a click beside it, and at Escape; other details stay as the reader left them.
const menus = "details.nav-menu, details.actions-menu-links";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(menus)) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll(menus).forEach((menu) => (menu.open = false));
});

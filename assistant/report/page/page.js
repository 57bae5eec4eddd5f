"use strict";
const number = (text) => {
  const found = text.replace(/[,¥$%]|千円|百万円/g, "");
  return found === "" || isNaN(found) ? null : Number(found);
};
const compare = (a, b) => {
  const [x, y] = [number(a), number(b)];
  return x !== null && y !== null ? x - y : a.localeCompare(b, document.documentElement.lang);
};
document.addEventListener("click", (event) => {
  const head = event.target.closest?.("th");
  if (!head || !event.target.closest("button")) return;
  const body = head.closest("table").tBodies[0], at = head.cellIndex;
  const down = head.getAttribute("aria-sort") === "ascending";
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const text = (row) => row.cells[at].textContent;
  const missing = (row) => row.cells[at].classList.contains("null");
  body.append(...[...body.rows].sort((a, b) =>
    missing(a) - missing(b) || (down ? compare(text(b), text(a)) : compare(text(a), text(b)))));
});

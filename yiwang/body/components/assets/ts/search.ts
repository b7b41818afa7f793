/** Search as you type must wait for the input method: half a pinyin syllable is not a question. */

// Capturing on the document runs before htmx's own listener on the input.
document.addEventListener(
  "input",
  (event) => {
    const isSearch = event.target instanceof Element && event.target.matches("[data-search]");
    if (isSearch && (event as InputEvent).isComposing) event.stopImmediatePropagation();
  },
  { capture: true },
);

document.addEventListener("compositionend", (event) => {
  const isSearch = event.target instanceof Element && event.target.matches("[data-search]");
  if (isSearch) event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

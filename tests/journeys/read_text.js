/** The words a reader meets on this page, one entry for each piece of text, label, hint in a field or tooltip. */
() => {
  const isShown = (element) => element.checkVisibility({ checkVisibilityCSS: true });
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.replace(/\s+/g, " ").trim();
    const parent = walker.currentNode.parentElement;
    if (text && !["SCRIPT", "STYLE"].includes(parent.tagName) && isShown(parent)) words.push(text);
  }
  for (const name of ["title", "aria-label", "placeholder", "alt"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (isShown(element)) words.push(element.getAttribute(name).trim());
    }
  }
  return [document.title, ...words];
}

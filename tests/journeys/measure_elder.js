/** What on this page breaks the elder contract (style.md, Screens): text, targets, line height, sideways scrolling. */
() => {
  const TEXT_PX = 18;
  const TARGET_PX = 44;
  const MAIN_TARGET_PX = 60;
  const LINE_HEIGHT = 1.3;
  // Browsers lay out in fractions of a pixel.
  const TOLERANCE_PX = 0.5;
  const TARGETS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const found = [];

  const isShown = (element) => element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  // Texts for screen readers are cut to a single pixel.
  const isCut = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.clipPath === "inset(50%)" || style.clip === "rect(0px, 0px, 0px, 0px)") return true;
      if (at.clientWidth === 1 && at.clientHeight === 1 && style.overflow === "hidden") return true;
    }
    return false;
  };
  const name = (element) => {
    const text = (element.innerText || element.value || element.getAttribute("aria-label") || "").trim().slice(0, 40);
    return `<${element.tagName.toLowerCase()} class="${element.className}"> “${text.replace(/\s+/g, " ")}”`;
  };

  const checkText = (element) => {
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const line = parseFloat(style.lineHeight) / size;
    if (size < TEXT_PX) found.push(`text of ${size} px: ${name(element)}`);
    // “normal” is decided by the font, so it promises nothing.
    if (!(line >= LINE_HEIGHT)) found.push(`line height ${style.lineHeight} at ${size} px: ${name(element)}`);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const parents = new Set();
  while (walker.nextNode()) if (walker.currentNode.data.trim()) parents.add(walker.currentNode.parentElement);
  for (const control of document.querySelectorAll("input:not([type=hidden]), select, textarea")) parents.add(control);
  for (const element of parents) {
    const isText = !["SCRIPT", "STYLE", "NOSCRIPT", "OPTION", "OPTGROUP", "CAPTION"].includes(element.tagName);
    if (isText && !element.closest("svg") && isShown(element) && !isCut(element)) checkText(element);
  }

  for (const element of document.querySelectorAll(TARGETS)) {
    if (!isShown(element) || isCut(element)) continue;
    // A click on its label is a click on the control.
    const area = ["checkbox", "radio"].includes(element.type) ? (element.closest("label") ?? element) : element;
    const box = area.getBoundingClientRect();
    const least = element.matches(".button-primary") ? MAIN_TARGET_PX : TARGET_PX;
    if (box.height < least - TOLERANCE_PX || box.width < TARGET_PX - TOLERANCE_PX) {
      found.push(`target of ${box.width.toFixed(1)} × ${box.height.toFixed(1)} px: ${name(element)}`);
    }
  }

  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`scrolls sideways: ${scrollWidth} px of content in ${clientWidth} px`);
  return found;
}

/** Shows what only makes sense with JavaScript, and lets messages be dismissed. */
import { delegate } from "./delegate";

function reveal(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-js][hidden]")) element.hidden = false;
}

reveal(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target instanceof Element) reveal(event.target);
});

delegate("click", "[data-dismiss]", (button) => button.closest("[data-dismissable]")?.remove());

/** Copy and print buttons. */
import { delegate } from "./delegate";

delegate("click", "[data-copy]", async (button) => {
  const source = document.getElementById(button.dataset.copy ?? "");
  const label = button.querySelector("span");
  if (!source || !label) return;
  await navigator.clipboard.writeText(source.textContent?.trim() ?? "");
  label.textContent = button.dataset.done ?? "";
  label.setAttribute("role", "status");
});

delegate("click", "[data-print]", () => window.print());

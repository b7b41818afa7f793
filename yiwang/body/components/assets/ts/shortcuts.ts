/**
 * `j` and `k` walk the rows, Enter opens one, `/` goes to the search; any other key goes to the element whose
 * `data-shortcut` it is. Can be switched off (WCAG 2.1.4).
 */

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

function rowLinks(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-rows] [data-row-link]")];
}

/** Focus does the marking and the opening: the browser's own Enter follows the focused link. */
function step(by: 1 | -1): void {
  const links = rowLinks();
  const row = document.activeElement?.closest("[data-row]");
  const current = links.findIndex((link) => link.closest("[data-row]") === row);
  const next = row ? current + by : by > 0 ? 0 : links.length - 1;
  links[Math.max(0, Math.min(next, links.length - 1))]?.focus();
}

/** A key never acts by itself, it only leads to what acts: at night fingers slip. */
function goTo(key: string): (() => void) | undefined {
  const target = document.querySelector<HTMLElement>(`[data-shortcut="${CSS.escape(key)}"]`);
  if (!target) return undefined;
  return () => {
    const folded = target.closest("details");
    if (folded) folded.open = true;
    const control = folded?.querySelector<HTMLElement>("textarea, select, input:not([type=hidden]), button");
    (control ?? target).focus();
  };
}

const SHORTCUTS: Record<string, () => void> = {
  j: () => step(1),
  k: () => step(-1),
  "/": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
};

document.addEventListener("keydown", (event) => {
  const isOff = document.documentElement.dataset.shortcuts === "off" || document.querySelector("dialog[open]");
  if (isOff || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
  const act = SHORTCUTS[event.key] ?? goTo(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

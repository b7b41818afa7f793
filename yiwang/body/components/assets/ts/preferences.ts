/** Theme, elder mode and shortcuts change in place, so that a half-written report is not lost to a page load. */
import { delegate } from "./delegate";

const DARK_MEDIA: Record<string, string> = {
  system: "screen and (prefers-color-scheme: dark)",
  light: "not all",
  dark: "screen",
};

function applyTheme(button: HTMLButtonElement): void {
  const stylesheet = document.querySelector<HTMLLinkElement>("link[data-dark]");
  if (stylesheet) stylesheet.media = DARK_MEDIA[button.value] ?? stylesheet.media;
  for (const other of button.form?.querySelectorAll("button") ?? []) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

/** Applies an on/off button and turns it into its own opposite. */
function applyToggle(button: HTMLButtonElement): void {
  const isOn = button.value === "1";
  if (button.name === "elder") document.documentElement.classList.toggle("elder", isOn);
  if (button.name === "shortcuts") document.documentElement.dataset.shortcuts = isOn ? "on" : "off";
  button.setAttribute("aria-pressed", String(isOn));
  button.value = isOn ? "0" : "1";
}

delegate("submit", "form[data-preference]:not([data-preference=language])", (form, event) => {
  const button = event.submitter;
  if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const wishes = new FormData(form);
  wishes.set(button.name, button.value);
  void fetch(form.action, { method: "POST", body: wishes, redirect: "manual" });
  if (button.name === "theme") applyTheme(button);
  else applyToggle(button);
});

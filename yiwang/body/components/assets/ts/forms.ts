/** Character counters, protection against a second click, and focus on the error summary. */
import { delegate } from "./delegate";

// A stopped or failed page load must not leave a form that can never be sent again.
const RESEND_AFTER_MS = 8000;

function count(counter: HTMLElement): void {
  const control = document.getElementById(counter.dataset.counts ?? "");
  if (!(control instanceof HTMLTextAreaElement || control instanceof HTMLInputElement)) return;
  const left = Number(counter.dataset.maximum) - control.value.length;
  counter.textContent = (counter.dataset.left ?? "{n}").replace("{n}", String(left));
}

delegate("input", "textarea, input", (control) => {
  const counter = document.getElementById(`${control.id}-count`);
  if (counter) count(counter);
});

function release(form: HTMLFormElement): void {
  delete form.dataset.submitted;
  for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
}

delegate("submit", "form[data-submit-once]", (form, event) => {
  if (!(form instanceof HTMLFormElement)) return;
  if (form.dataset.submitted) {
    event.preventDefault();
    return;
  }
  form.dataset.submitted = "yes";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  window.setTimeout(() => release(form), RESEND_AFTER_MS);
});

// The back button may bring a page back from the browser's cache just as it was left.
window.addEventListener("pageshow", () => {
  document.querySelectorAll<HTMLFormElement>("form[data-submitted]").forEach(release);
});

document.querySelectorAll<HTMLElement>("[data-counts]").forEach(count);
document.querySelector<HTMLElement>("[data-error-summary]")?.focus();

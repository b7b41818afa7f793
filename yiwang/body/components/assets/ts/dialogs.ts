/** A link to a confirmation page opens it as a dialog instead. If anything fails, the link is simply followed. */
import { delegate } from "./delegate";

async function open(link: HTMLAnchorElement): Promise<void> {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = page.querySelector("[data-dialog-content]");
  if (!answer.ok || !content) throw new Error("not a confirmation page");
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", "confirm-title");
  dialog.append(document.adoptNode(content));
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

delegate("click", "a[data-open-dialog]", (link, event) => {
  if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link).catch(() => window.location.assign(link.href));
});

delegate("click", "dialog [data-dialog-close]", (control, event) => {
  event.preventDefault();
  control.closest("dialog")?.close();
});

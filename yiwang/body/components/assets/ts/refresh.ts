/** A part of a page that waits for news (`data-refresh`: seconds) asks for the page again until the answer no longer waits. */
const MOST_TRIES = 60;

function secondsOf(part: HTMLElement): number {
  return Number(part.dataset.refresh ?? "0");
}

/** Puts the news into the same element, so that a live region announces it. */
async function renew(part: HTMLElement): Promise<void> {
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(part.id);
  if (!answer.ok || !fresh || fresh.innerHTML === part.innerHTML) return;
  part.replaceChildren(...fresh.childNodes);
  if (!fresh.dataset.refresh) delete part.dataset.refresh;
}

function wait(part: HTMLElement, tries: number): void {
  if (!secondsOf(part) || tries >= MOST_TRIES) return;
  window.setTimeout(() => {
    // A page in the background need not ask; the network may be away for a moment.
    const news = document.hidden ? Promise.resolve() : renew(part).catch(() => undefined);
    void news.then(() => wait(part, tries + 1));
  }, secondsOf(part) * 1000);
}

document.querySelectorAll<HTMLElement>("[data-refresh]").forEach((part) => wait(part, 0));

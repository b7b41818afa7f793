/** The map is heavy and optional: nothing of it is fetched before somebody asks for it. */
import { delegate } from "./delegate";
import type { MapModule } from "./map";

function loadStylesheet(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error(href)));
    document.head.append(link);
  });
}

/** Draws the map into its container once; later calls answer the same map. */
async function openMap(container: HTMLElement): Promise<MapModule> {
  const { script = "", stylesheet = "" } = container.dataset;
  const module = (await import(script)) as MapModule;
  if (!container.dataset.opened) {
    container.dataset.opened = "yes";
    await loadStylesheet(stylesheet);
    await module.draw(container);
  }
  return module;
}

function say(container: HTMLElement, text: string | undefined): void {
  const status = container.querySelector("[data-map-status]");
  if (status) status.textContent = text ?? "";
}

delegate("click", "[data-map-open]", (button) => {
  const container = button.closest<HTMLElement>("[data-map]");
  if (!container) return;
  button.hidden = true;
  openMap(container).catch(() => say(container, container.dataset.textFailed));
});

delegate("click", "[data-map-locate]", (button) => {
  const container = button.closest<HTMLElement>("[data-map]");
  if (!container) return;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      openMap(container)
        .then((module) => module.choose(container, coords.longitude, coords.latitude))
        .catch(() => say(container, container.dataset.textFailed));
    },
    () => say(container, container.dataset.textFailed),
  );
});

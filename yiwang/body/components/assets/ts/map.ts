/** The map island: polygons served by this host, labels as HTML, nothing from outside. Coordinates are WGS84. */
import { LngLatBounds, Map as MapView, Marker, NavigationControl, setWorkerUrl } from "maplibre-gl";
import type { GeoJSON, Position } from "geojson";

export interface MapModule {
  draw(container: HTMLElement): Promise<void>;
  choose(container: HTMLElement, lon: number, lat: number): void;
}

interface Island {
  view: MapView;
  marker: Marker;
}

const islands = new WeakMap<HTMLElement, Island>();
// About 0.1 m, far finer than a finger: more digits would only pretend.
const DECIMALS = 6;
const CLOSE_ENOUGH_ZOOM = 15;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function positions(shape: GeoJSON): Position[] {
  if (shape.type === "FeatureCollection") return shape.features.flatMap(positions);
  if (shape.type === "Feature") return shape.geometry ? positions(shape.geometry) : [];
  if (shape.type === "Polygon") return shape.coordinates.flat();
  if (shape.type === "MultiPolygon") return shape.coordinates.flat(2);
  return [];
}

function boundsOf(shape: GeoJSON): LngLatBounds {
  const bounds = new LngLatBounds();
  for (const [lon, lat] of positions(shape)) bounds.extend([lon!, lat!]);
  return bounds;
}

/** The name of each area, in its middle; HTML, because glyph files would be megabytes. */
function label(view: MapView, areas: GeoJSON): void {
  if (areas.type !== "FeatureCollection") return;
  for (const area of areas.features) {
    const name: unknown = area.properties?.name;
    if (typeof name !== "string") continue;
    const element = document.createElement("div");
    element.className = "map-label";
    element.textContent = name;
    new Marker({ element }).setLngLat(boundsOf(area).getCenter()).addTo(view);
  }
}

function addAreas(view: MapView, areas: GeoJSON): void {
  view.addSource("areas", { type: "geojson", data: areas });
  view.addLayer({ id: "land", type: "fill", source: "areas", paint: { "fill-color": colour("--accent-soft") } });
  view.addLayer({
    id: "borders",
    type: "line",
    source: "areas",
    paint: { "line-color": colour("--line-strong"), "line-width": 1.5 },
  });
  label(view, areas);
}

function createView(container: HTMLElement): MapView {
  const { lon, lat, zoom } = container.dataset;
  const frame = document.createElement("div");
  frame.className = "map-view";
  container.prepend(frame);
  const background = { id: "background", type: "background" as const, paint: { "background-color": colour("--sunken") } };
  const view = new MapView({
    container: frame,
    style: { version: 8, sources: {}, layers: [background] },
    center: [Number(lon), Number(lat)],
    zoom: Number(zoom),
    attributionControl: false,
  });
  view.addControl(new NavigationControl({ showCompass: false }));
  view.getCanvas().setAttribute("aria-label", container.dataset.label ?? "");
  return view;
}

function write(inputId: string | undefined, value: string): void {
  const input = document.getElementById(inputId ?? "");
  if (input instanceof HTMLInputElement) input.value = value;
}

export function choose(container: HTMLElement, lon: number, lat: number): void {
  const island = islands.get(container);
  if (!island) return;
  const [lonText, latText] = [lon.toFixed(DECIMALS), lat.toFixed(DECIMALS)];
  island.marker.setLngLat([lon, lat]).addTo(island.view);
  if (island.view.getZoom() < CLOSE_ENOUGH_ZOOM) island.view.jumpTo({ center: [lon, lat] });
  write(container.dataset.lonInput, lonText);
  write(container.dataset.latInput, latText);
  const status = container.querySelector("[data-map-status]");
  const text = container.dataset.textChosen ?? "{lon}, {lat}";
  if (status) status.textContent = text.replace("{lon}", lonText).replace("{lat}", latText);
}

/** Click chooses the point clicked; Enter the one under the crosshair, which the arrow keys move. */
function letChoose(container: HTMLElement, view: MapView): void {
  const crosshair = document.createElement("div");
  crosshair.className = "map-crosshair";
  view.getContainer().append(crosshair);
  view.on("click", (event) => choose(container, event.lngLat.lng, event.lngLat.lat));
  view.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const { lng, lat } = view.getCenter();
    choose(container, lng, lat);
  });
}

export async function draw(container: HTMLElement): Promise<void> {
  setWorkerUrl(container.dataset.worker ?? "");
  const answer = await fetch(container.dataset.geojson ?? "");
  if (!answer.ok) throw new Error(`areas: ${answer.status}`);
  const areas = (await answer.json()) as GeoJSON;
  const view = createView(container);
  const marker = new Marker({ color: colour("--danger") });
  islands.set(container, { view, marker });
  await view.once("load");
  addAreas(view, areas);
  if (container.dataset.lonInput) letChoose(container, view);
  if (container.dataset.marked !== undefined) marker.setLngLat(view.getCenter()).addTo(view);
  else view.fitBounds(boundsOf(areas), { padding: 24, animate: false });
  view.getCanvas().focus();
}

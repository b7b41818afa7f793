/** Boxes over a photo, drawn with a pointer or set by numbers. The rows of numbers are what is sent; this only helps. */
import { delegate } from "./delegate";

const SIDES = ["left", "top", "width", "height"] as const;
// A click that trembles is no box.
const SMALLEST = 0.5;
const SVG = "http://www.w3.org/2000/svg";

type Box = Record<(typeof SIDES)[number], number>;
type Point = { x: number; y: number };

const limit = (value: number, most: number): number => Math.max(0, Math.min(most, value));
const rowsOf = (form: Element): HTMLElement[] => [...form.querySelectorAll<HTMLElement>("[data-redact-row]")];
const inputOf = (row: Element, side: string): HTMLInputElement | null => row.querySelector(`[name="${side}"]`);

function read(row: Element): Box | null {
  const [left, top, width, height] = SIDES.map((side) => inputOf(row, side)?.valueAsNumber ?? Number.NaN);
  const isWhole = [left, top, width, height].every((value) => Number.isFinite(value));
  return isWhole ? ({ left, top, width, height } as Box) : null;
}

function write(row: Element, box: Box | null): void {
  for (const side of SIDES) {
    const input = inputOf(row, side);
    if (input) input.value = box ? String(Math.round(box[side] * 10) / 10) : "";
  }
}

function draw(form: Element): void {
  const rects = rowsOf(form).flatMap((row, index) => {
    const box = read(row);
    if (!box) return [];
    const rect = document.createElementNS(SVG, "rect");
    const places = { x: box.left, y: box.top, width: box.width, height: box.height };
    for (const [name, value] of Object.entries(places)) rect.setAttribute(name, `${value}%`);
    rect.dataset.row = String(index);
    return [rect];
  });
  form.querySelector("[data-redact-canvas]")?.replaceChildren(...rects);
}

/** An empty row, made of the last one where there is none left. */
function freeRow(form: Element): HTMLElement | null {
  const rows = rowsOf(form);
  const free = rows.find((row) => !read(row));
  const last = rows.at(-1);
  if (free || !last) return free ?? null;
  const copy = last.cloneNode(true) as HTMLElement;
  const legend = copy.querySelector("legend");
  if (legend) legend.textContent = (legend.textContent ?? "").replace(/\d+/, String(rows.length + 1));
  write(copy, null);
  last.after(copy);
  return copy;
}

/** Empty rows are for those without scripts. */
function tidy(form: Element): void {
  for (const row of rowsOf(form)) row.hidden = !read(row);
  draw(form);
}

function at(canvas: Element, event: PointerEvent): Point {
  const frame = canvas.getBoundingClientRect();
  return {
    x: limit(((event.clientX - frame.left) / frame.width) * 100, 100),
    y: limit(((event.clientY - frame.top) / frame.height) * 100, 100),
  };
}

const between = (a: Point, b: Point): Box => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

const moved = (box: Box, by: Point): Box => ({
  ...box,
  left: limit(box.left + by.x, 100 - box.width),
  top: limit(box.top + by.y, 100 - box.height),
});

/** Follows the pointer until it is lifted: from an empty place it draws a box, from a box it moves it. */
function follow(form: Element, canvas: Element, event: PointerEvent): void {
  const start = at(canvas, event);
  const held = event.target instanceof SVGElement ? event.target.dataset.row : undefined;
  const row = held === undefined ? freeRow(form) : rowsOf(form)[Number(held)];
  if (!row) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  const before = read(row);
  const move = (now: PointerEvent): void => {
    const here = at(canvas, now);
    write(row, before ? moved(before, { x: here.x - start.x, y: here.y - start.y }) : between(start, here));
    draw(form);
  };
  const end = (): void => {
    canvas.removeEventListener("pointermove", move as EventListener);
    const box = read(row);
    if (box && Math.min(box.width, box.height) < SMALLEST) write(row, null);
    tidy(form);
  };
  canvas.addEventListener("pointermove", move as EventListener);
  canvas.addEventListener("pointerup", end, { once: true });
  canvas.addEventListener("pointercancel", end, { once: true });
}

delegate("pointerdown", "[data-redact]", (form, event) => {
  const canvas = form.querySelector("[data-redact-canvas]");
  if (canvas && event.target instanceof Element && canvas.contains(event.target)) follow(form, canvas, event);
});

delegate("input", "[data-redact-row] input", (input) => {
  const form = input.closest("[data-redact]");
  if (form) draw(form);
});

delegate("click", "[data-redact-clear]", (button) => {
  const form = button.closest("[data-redact]");
  const row = button.closest("[data-redact-row]");
  if (!form || !row) return;
  write(row, null);
  tidy(form);
  form.querySelector<HTMLElement>("[data-redact-add]")?.focus();
});

delegate("click", "[data-redact-add]", (button) => {
  const form = button.closest("[data-redact]");
  const row = form && freeRow(form);
  if (!form || !row) return;
  write(row, { left: 40, top: 40, width: 20, height: 20 });
  tidy(form);
  inputOf(row, "left")?.focus();
});

document.querySelectorAll("[data-redact]").forEach(tidy);

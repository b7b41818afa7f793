/** Listens once on the document, so that content swapped in later behaves like content of the first page. */
export function delegate<Type extends keyof DocumentEventMap>(
  type: Type,
  selector: string,
  react: (element: HTMLElement, event: DocumentEventMap[Type]) => void,
): void {
  document.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
    if (element) react(element, event);
  });
}

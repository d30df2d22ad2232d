/** Children may be elements or text. */
type Child = Node | string;

interface Attributes {
  class?: string;
  testid?: string;
  [name: string]: string | undefined;
}

/** An element with attributes and children; `testid` becomes data-testid. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(name === "testid" ? "data-testid" : name, value);
  }
  made.append(...children);
  return made;
}

/** Outlines on a 24-unit grid, drawn with strokes. */
const ICONS = {
  microphone: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
  camera: "M3 7h11v10H3zM14 11l7-4v10l-7-4z",
  screen: "M3 5h18v11H3zM8 20h8M12 16v4M12 13V8m0 0-2.5 2.5M12 8l2.5 2.5",
  leave: "M3 14c5-5 13-5 18 0l-2 3-4-2v-2c-2-.7-4-.7-6 0v2l-4 2z",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  slash: "M4 4l16 16",
} as const;
export type IconName = keyof typeof ICONS;

/** Decorative: the control around it carries the name. */
export function icon(...names: IconName[]): SVGSVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const name of names) {
    const path = document.createElementNS(namespace, "path");
    path.setAttribute("d", ICONS[name]);
    path.setAttribute("class", `icon-${name}`);
    svg.append(path);
  }
  return svg;
}

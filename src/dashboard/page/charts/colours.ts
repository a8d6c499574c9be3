/** Reads the colours of the style sheet that are in force, as a canvas knows no custom properties. */
export function colours(element: Element): (name: string) => string {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

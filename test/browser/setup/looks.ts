import type { Locator, Page } from 'playwright-core';

/** The DOM members that the functions in the page use; the real DOM types would apply to the whole project. */
declare function getComputedStyle(
  element: unknown,
  pseudo?: string,
): { getPropertyValue(name: string): string };

/** A CSS property of an element, or of its `::before`, as the browser shows it. */
export function shownStyle(locator: Locator, property: string, pseudo?: '::before'): Promise<string> {
  return locator.evaluate(
    (element, [name, of]) => getComputedStyle(element, of).getPropertyValue(name!),
    [property, pseudo],
  );
}

/** The id of the focused element. */
export function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.id');
}

/** Whether a color (as browsers write it: `rgb(179, 38, 30)`) counts as red. */
export function isRed(color: string): boolean {
  const [red, green, blue] = color.match(/\d+/g)!.map(Number);
  return red! > 160 && green! < 0.65 * red! && blue! < 0.65 * red!;
}

/** The number of pixels to scroll horizontally. */
export function widerThanWindow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

export interface Contrast {
  /** How many pieces of text were measured. */
  measured: number;
  /** Those below 4.5, the minimum contrast of WCAG 2.2 (1.4.3). */
  tooFaint: string[];
}

/** Measures each piece of visible text against its background. */
export function contrast(page: Page): Promise<Contrast> {
  return page.evaluate<Contrast>(MEASURE);
}

/** Runs in the page, where these types do not exist. Contrast by WCAG's formula of relative luminance. */
const MEASURE = `(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parts(color)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const background = (element) => {
    if (!element) return 'rgb(255, 255, 255)';
    const color = getComputedStyle(element).backgroundColor;
    return parts(color)[3] === 0 ? background(element.parentElement) : color;
  };
  const result = { measured: 0, tooFaint: [] };
  const measure = (text, color, element) => {
    const [light, dark] = [luminance(color), luminance(background(element))].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    result.measured += 1;
    if (ratio < 4.5) result.tooFaint.push(text + ': ' + ratio.toFixed(2));
  };
  for (const element of document.body.querySelectorAll('*')) {
    if (!element.checkVisibility()) continue;
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const text = own.map((node) => node.data.trim()).join(' ') || element.value;
    if (text) measure(text, getComputedStyle(element).color, element);
    const before = getComputedStyle(element, '::before');
    if (before.content.startsWith('"')) measure(before.content, before.color, element);
  }
  return result;
})()`;

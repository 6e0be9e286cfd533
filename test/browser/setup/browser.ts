import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { launchBrowser } from './launch.ts';

/**
 * One browser for a test file.
 * @returns a function that opens an address in a new window, closed after the
 * test
 */
export function browserForTests(): (url: string, options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  return async (url, options) => {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) problems.push(message.text());
    });
    onTestFinished(async () => {
      await context.close();
      expect(problems, 'what the browser complained about').toEqual([]);
    });
    await page.goto(url);
    return page;
  };
}

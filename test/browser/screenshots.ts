/*
 * Takes the screenshots of the README: the marketer's page at the end of the demo (npm run screenshots). They
 * look best with the font Inter (Debian: fonts-inter).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchBrowser } from './setup/launch.ts';

const FOLDER = 'docs/images';

/** An activation of the demo's project that the demo does not run; it creates a second list. */
const SECOND = 'sleeping-customers';

function start(...args: string[]) {
  return spawn(process.execPath, ['dev/start.js', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Reads until all patterns were found, and continues reading. @returns the first group of each */
async function seen(output: Readable, ...patterns: RegExp[]): Promise<string[]> {
  let text = '';
  return new Promise((resolve, reject) => {
    output.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const found = patterns.map((pattern) => pattern.exec(text)?.[1]);
      if (found.every((each) => each !== undefined)) resolve(found);
    });
    output.on('end', () => reject(new Error(`The demo ended early:\n${text}`)));
  });
}

async function runOnce(activation: string, temporal: string): Promise<void> {
  process.env.TEMPORAL_ADDRESS = temporal;
  const run = start('cli/main.ts', 'run', activation);
  run.stdout.resume();
  const [code] = (await once(run, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The run of ${activation} ended with ${code}.`);
}

async function picture(browser: Browser, url: string, name: string, options: BrowserContextOptions) {
  const page = await browser.newPage({ deviceScaleFactor: 1.5, ...options });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: !options.isMobile });
  await page.close();
  console.log(`${FOLDER}/${name}.png`);
}

const demo = start('examples/demo.ts', '--keep');
const ended = once(demo, 'exit');
try {
  const [url, temporal] = await seen(
    demo.stdout,
    /What a marketer sees: (\S+)\/\n/,
    /TEMPORAL_ADDRESS=(\S+)/,
  );
  await runOnce(SECOND, temporal!);
  const browser = await launchBrowser();
  await picture(browser, url!, 'marketer-page', { viewport: { width: 1000, height: 600 } });
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: 'dark' } as const;
  await picture(browser, url!, 'marketer-page-phone', phone);
  await browser.close();
} finally {
  demo.kill('SIGINT');
  await ended;
}

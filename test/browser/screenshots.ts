/*
 * Takes the screenshots of the README (npm run screenshots): the marketer's page at the end of the demo, and Temporal's
 * web UI with its first run and with a held one. They look best with the font Inter (Debian: fonts-inter).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { EXIT } from '../../cli/exit-codes.ts';
import { workflowId } from '../../contract/names.ts';
import { launchBrowser } from './setup/launch.ts';

const FOLDER = 'docs/images';

/** An activation of the demo's project that the demo does not run; it creates a second list. */
const SECOND = 'sleeping-customers';
const VIP = 'vip-customers';

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

async function runOnce(activation: string, expected: number = EXIT.ok): Promise<void> {
  const run = start('cli/main.ts', 'run', activation);
  run.stdout.resume();
  const [code] = (await once(run, 'exit')) as [number | null];
  if (code !== expected) throw new Error(`The run of ${activation} ended with ${code}.`);
}

async function picture(browser: Browser, url: string, name: string, options: BrowserContextOptions) {
  const page = await browser.newPage({ deviceScaleFactor: 1.5, ...options });
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage: !options.isMobile });
  await page.close();
  console.log(`${FOLDER}/${name}.png`);
}

/** What Temporal's web UI shows of a run. */
async function pictureOfRun(browser: Browser, url: string, runId: string, name: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
  const workflow = encodeURIComponent(workflowId({ activation: VIP }));
  await page.goto(`${url}/namespaces/default/workflows/${workflow}/${runId}`);
  await page.getByText('User Metadata').click();
  await page.getByText('Segment').first().waitFor();
  await page.screenshot({ path: `${FOLDER}/${name}.png` });
  await page.close();
  console.log(`${FOLDER}/${name}.png`);
}

/** The ids of the activation's runs, in the order of their starts. */
async function runIds(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address });
  try {
    const runs = [];
    const query = `WorkflowId = "${workflowId({ activation: VIP })}"`;
    for await (const run of new Client({ connection }).workflow.list({ query })) runs.push(run);
    runs.sort((one, other) => one.startTime.getTime() - other.startTime.getTime());
    return runs.map(({ runId }) => runId);
  } finally {
    await connection.close();
  }
}

/** Half of the orders are gone, so that a guard holds the next run. */
async function loseOrders(shopUrl: string): Promise<void> {
  const shop = new pg.Client({ connectionString: shopUrl });
  await shop.connect();
  await shop.query('delete from orders where customer_id % 2 = 0');
  await shop.end();
}

const demo = start('examples/demo.ts', '--keep');
const ended = once(demo, 'exit');
try {
  const [url, uiUrl, shopUrl, temporal] = await seen(
    demo.stdout,
    /What a marketer sees: (\S+)\/\n/,
    /Temporal's web UI: +(\S+)\n/,
    /The warehouse: +(\S+)\n/,
    /TEMPORAL_ADDRESS=(\S+) /,
  );
  process.env.TEMPORAL_ADDRESS = temporal;
  await runOnce(SECOND);
  const browser = await launchBrowser();
  await picture(browser, url!, 'marketer-page', { viewport: { width: 1000, height: 600 } });
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, colorScheme: 'dark' } as const;
  await picture(browser, url!, 'marketer-page-phone', phone);
  await loseOrders(shopUrl!);
  await runOnce(VIP, EXIT.held);
  const runs = await runIds(temporal!);
  await pictureOfRun(browser, uiUrl!, runs[0]!, 'temporal-run');
  await pictureOfRun(browser, uiUrl!, runs.at(-1)!, 'temporal-held');
  await browser.close();
} finally {
  demo.kill('SIGINT');
  await ended;
}

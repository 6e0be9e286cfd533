import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findChromium } from './setup/find-chromium.ts';

async function folderWith(...programs: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of programs) {
    await writeFile(join(folder, name), '');
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}

test('the first chromium on the PATH is the browser', async () => {
  const [one, other] = [await folderWith('google-chrome'), await folderWith('chromium')];
  expect(findChromium({ PATH: [one, other].join(delimiter) })).toBe(join(other, 'chromium'));
});

test('Chrome is used if there is no chromium', async () => {
  const folder = await folderWith('google-chrome-stable');
  expect(findChromium({ PATH: folder })).toBe(join(folder, 'google-chrome-stable'));
});

test('CHROMIUM_PATH has priority over the PATH', async () => {
  const folder = await folderWith('chromium', 'my-browser');
  const path = join(folder, 'my-browser');
  expect(findChromium({ PATH: folder, CHROMIUM_PATH: path })).toBe(path);
});

test('a CHROMIUM_PATH that is not a program is an error, and no other browser replaces it', async () => {
  const folder = await folderWith('chromium');
  for (const path of [folder, join(folder, 'missing')]) {
    expect(() => findChromium({ PATH: folder, CHROMIUM_PATH: path })).toThrow(
      `CHROMIUM_PATH is ${path}, which is not a program. Correct it, or unset it.`,
    );
  }
});

test('without any browser, the error says what to install', async () => {
  const folder = await folderWith('firefox');
  expect(() => findChromium({ PATH: folder })).toThrow(
    /apt-get install -y --no-install-recommends chromium.*CHROMIUM_PATH/,
  );
});

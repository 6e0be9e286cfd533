import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

/** What a module imports when it is loaded: types do not count, and dynamic imports come later. */
const LOADED = /^(?:import|export) (?!type )(?:[^;']*? from )?'([^']+)';/gm;
const ON_DEMAND = /import\('(\.\/commands\/[^']+)'\)/g;

/** The packages that these modules load, and the modules that they load, and so on. */
async function packagesOf(modules: URL[]): Promise<Set<string>> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  for (let module = modules.pop(); module; module = modules.pop()) {
    if (seen.has(module.href)) continue;
    seen.add(module.href);
    for (const [, name] of (await readFile(module, 'utf8')).matchAll(LOADED)) {
      if (name!.startsWith('.')) modules.push(new URL(name!, module));
      else if (!name!.startsWith('node:')) packages.add(name!);
    }
  }
  return packages;
}

test('help and completion load no library for Temporal, databases or schemas, only the ones for output', async () => {
  const program = new URL('../../cli/program.ts', import.meta.url);
  const commands = [...(await readFile(program, 'utf8')).matchAll(ON_DEMAND)].map(
    ([, name]) => new URL(name!, program),
  );
  expect(commands.length).toBeGreaterThan(20);
  const packages = await packagesOf([new URL('main.ts', program), ...commands]);
  expect([...packages].sort()).toEqual(['cli-table3', 'commander', 'ms']);
});

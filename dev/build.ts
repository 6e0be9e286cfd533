import { spawnSync } from 'node:child_process';
import { copyFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { WORKFLOW_BUNDLE, workflowSource } from '../worker/workflow-source.ts';

/*
 * npm run build: compiles the worker, its health check and the command line to JavaScript in dist/, and bundles the
 * workflows. An argument names another folder, which is not emptied first.
 */

const [folder = 'dist'] = process.argv.slice(2);

/**
 * Runs TypeScript's own compiler, which writes nothing if there is an error. @throws Error after it has printed them
 */
function compile(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', folder], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('TypeScript found errors (above); nothing was built.');
}

/** Writes a single file with an inline source map. */
async function bundleWorkflows(): Promise<void> {
  const { code } = await bundleWorkflowCode({ ...workflowSource(), logger: new DefaultLogger('WARN') });
  await writeFile(join(folder, WORKFLOW_BUNDLE), ascii(withoutSources(code)));
}

/** Reduces the source map to files and lines. With the sources of all libraries, it would use the worker's memory. */
function withoutSources(code: string): string {
  const prefix = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';
  const at = code.lastIndexOf(prefix);
  if (at < 0) throw new Error('The bundle of the workflows has no source map where Temporal puts it.');
  const map = JSON.parse(Buffer.from(code.slice(at + prefix.length), 'base64').toString()) as object;
  const lean = Buffer.from(JSON.stringify({ ...map, sourcesContent: [] })).toString('base64');
  return `${code.slice(0, at)}${prefix}${lean}\n`;
}

/**
 * Escapes the code to ASCII. V8 stores a text in two bytes per character if a single character needs it, and so every
 * copy of the text.
 */
function ascii(code: string): string {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Copies the schema, which is read at run time, to the module that applies it. */
async function copySchema(): Promise<void> {
  const files = (await readdir('state')).filter((name) => name.endsWith('.sql'));
  for (const name of files) await copyFile(join('state', name), join(folder, 'state', name));
}

async function main(): Promise<void> {
  if (folder === 'dist') await rm(folder, { recursive: true, force: true });
  compile();
  await copySchema();
  await bundleWorkflows();
  console.log(`Built into ${folder}/: node ${folder}/worker/main.js, node ${folder}/cli/main.js --help`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
